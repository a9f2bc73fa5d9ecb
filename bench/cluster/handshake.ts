// The workload `handshake`: connections of two processes that prove to each other who they are, a few at a time.
import { callTls, openTransport } from '../limit/cluster/pipe.ts'
import { makeIdentities } from '../limit/cluster/identity.ts'
import { Partner } from './partner.ts'
import { perSecond } from '../workload.ts'
import type { BareInput } from './bare-entry.ts'
import type { BarePeer } from '../limit/cluster/pipe.ts'
import type { Identity } from '../limit/cluster/identity.ts'
import type { Repetition, Workload } from '../workload.ts'

/** Of one repetition, and how many are under way at once. */
const handshakes = 320
const places = 8

/** Opens a connection and lets it go. */
type Shake = () => Promise<void>

/** Ours is a stream of the transport, as every wire between nodes has one. */
export const handshake: Workload = {
  troupe: () => workload('limit', shakerOfTransport),
  tls: () => workload('tls', shakerOfTls),
}

async function workload(
  peer: BarePeer,
  shaker: (own: Identity, address: string) => Promise<Shake>,
): Promise<Repetition> {
  const [own, other] = makeIdentities()
  const partner = await Partner.start({
    entry: 'bare-entry',
    input: { peer, identity: other } satisfies BareInput,
  })
  const shake = await shaker(own, await partner.next<string>())
  return async () => {
    const startMs = performance.now()
    await Promise.all(
      Array.from({ length: places }, async () => {
        for (let i = 0; i < handshakes / places; i++) await shake()
      }),
    )
    return { 'handshake/rate': perSecond(handshakes, startMs) }
  }
}

async function shakerOfTransport(own: Identity, address: string): Promise<Shake> {
  const transport = await openTransport(own, [])
  const { signal } = new AbortController()
  return async () => {
    const stream = await transport.dial({ addresses: [address] }, 'main', signal)
    const { promise, resolve } = Promise.withResolvers<void>()
    stream.listen({ data: () => undefined, drained: () => undefined, closed: () => resolve() })
    stream.abort(new Error('it has shaken hands'))
    await promise
  }
}

async function shakerOfTls(own: Identity, address: string): Promise<Shake> {
  await Promise.resolve()
  return async () => {
    const socket = await callTls(own, address)
    socket.on('error', () => undefined)
    socket.destroy()
  }
}
