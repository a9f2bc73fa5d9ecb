// The entry of a partner without actors: it opens a door, and counts or echoes what comes over the pipe behind it.
import { BareSink, bareEcho, role } from '../threads/bare-roles.ts'
import { inputOf, tell } from './parent.ts'
import { openDoor } from '../limit/cluster/pipe.ts'
import { PipeLink } from '../limit/cluster/pipe-link.ts'
import type { BarePeer } from '../limit/cluster/pipe.ts'
import type { Identity } from '../limit/cluster/identity.ts'
import type { Link } from '../threads/link.ts'
import type { PayloadName } from '../threads/payload.ts'
import type { Role } from '../threads/bare-roles.ts'

export interface BareInput {
  readonly peer: BarePeer
  readonly identity: Identity
}

/** What it counts next. It answers when it is ready for that, and with the sum once it has counted. */
export interface BareJob {
  readonly payload: PayloadName
  readonly messages: number
}

const roles: Role[] = []
roles[role.echo] = bareEcho
let caller: Link | undefined = undefined

const { peer, identity } = await inputOf<BareInput>()
const door = await openDoor(peer, identity, (pipe) => {
  const link = new PipeLink(pipe)
  caller = link
  link.listen((to, kind, payload) => roles[to]?.hear(kind, payload, link))
})
tell(door.address)

process.on('message', ({ payload, messages }: BareJob) => {
  if (caller === undefined) throw new Error('nobody has called')
  const sink = new BareSink(payload, messages, [caller])
  roles[role.sink] = sink
  tell('ready')
  void sink.counted().then(tell)
})
