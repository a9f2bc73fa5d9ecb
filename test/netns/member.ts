// A member: the program of one node of the runs in network namespaces; it does what it is told on its standard input, and writes what it sees.
import { createInterface } from 'node:readline'
import { joinCluster, foundCluster, makeToken } from '../../node/trust/cluster-verbs.ts'
import { callDesk } from '../../node/cluster/call-desk.ts'
import { Driver } from './driver.ts'
import { Fault } from '../../runtime/fault.ts'
import { say, standAt } from './witnessed.ts'
import { scryptPowerBounds } from '../../node/trust/seal.ts'
import { seatOf } from '../../node/cluster/seat.ts'
import { startNode } from '../../node/start-node.ts'
import { SystemClock } from '../../node/system-clock.ts'
import { SystemDurableDisk } from '../../node/system-durable-disk.ts'
import { SystemPathGuard } from '../../node/trust/path-guard.ts'
import { witness } from './witness.ts'
import type { Cluster } from '../../node/cluster/cluster.ts'
import type { ClusterOptions } from '../../node/cluster/cluster-options.ts'
import type { Node } from '../../node/node.ts'
import type { TrustVerbOptions } from '../../node/trust/cluster-verbs.ts'

/** What a process is told when it starts. */
export interface MemberPlan {
  readonly name: string
  readonly cluster: ClusterOptions
  /** Of the trust in the folder, if there is none yet: found the cluster, or join it by this token. */
  readonly trust?: 'found' | { readonly token: string }
}

/** What a process is asked; it answers with a line of type `answer` and the same number. */
export type MemberOrder =
  | { readonly do: 'token'; readonly addresses: readonly string[] }
  | { readonly do: 'spawn'; readonly root: string; readonly on: string }
  | { readonly do: 'drive'; readonly roots: readonly string[]; readonly everyMs: number }
  | { readonly do: 'rest' }
  | { readonly do: 'stop' }

const passphrase = 'of a run in a namespace'
const statusEveryMs = 100
const clock = new SystemClock()
const plan = JSON.parse(process.argv[2] ?? '') as MemberPlan
const trust: TrustVerbOptions = {
  disk: new SystemDurableDisk(),
  guard: new SystemPathGuard(),
  clock,
  passphrase,
  scryptPower: scryptPowerBounds[0],
}

process.on('uncaughtException', (error) => {
  say({ type: 'broken', why: told(error) })
  process.exit(1)
})
await enterTrust()
const node = await startNode({
  name: plan.name,
  load: [new URL('witness.ts', import.meta.url).href],
  cluster: { ...plan.cluster, passphrase },
})
const cluster = node.cluster
if (cluster === undefined) throw new Error('it is in no cluster')
const driver = new Driver(node, clock)
watch(node, cluster)
say({ type: 'up', peer: cluster.facts.member(cluster.member)?.peer, number: cluster.member })
listen(node)

async function enterTrust(): Promise<void> {
  const path = `${plan.cluster.folder}/trust`
  if (plan.trust === 'found') await foundCluster(path, trust)
  else if (plan.trust !== undefined)
    await joinCluster(path, plan.trust.token, { ...trust, call: (token) => callDesk(token, clock) })
}

/** Tells what changes, and how things stand, again and again. */
function watch({ runtime }: Node, here: Cluster): void {
  const { agreement } = here
  standAt({
    get member() {
      return here.member
    },
    epochOf: (root) => here.facts.home(root)?.epoch ?? 0,
  })
  const view = (): void => {
    const members = [...here.facts.members()].map(({ number, name, status }) => [number, name, status])
    say({ type: 'view', index: agreement.directory.index, members })
  }
  agreement.directory.watch((change) => {
    if (change.type.startsWith('member-')) view()
    if (change.type === 'home-changed') say({ type: 'home', top: change.top, to: change.to })
  }, view)
  runtime.host.events.follow(({ kind, detail }) => {
    if (kind.startsWith('node-') || kind === 'council-stopped') {
      const why = detail instanceof Error ? { why: told(detail) } : {}
      say({ type: 'note', kind, ...why })
    }
  })
  const status = (): void => {
    const members = [...here.facts.members()]
    const leader = members.find(({ peer }) => seatOf(peer) === agreement.council.leader)?.name
    const up = members.filter((one) => one.status === 'up').map(({ name }) => name)
    const homes = [...here.facts.homes()].map(({ top, member }) => [top, here.facts.member(member)?.name])
    const ways = [...here.company.peers.talks].map(({ peer, line: { session } }) => [
      peer,
      session.stream?.way,
      session.stream?.address,
    ])
    say({ type: 'status', mayAct: here.mayAct, leader, up: up.toSorted(), homes, ways })
    clock.alarm(clock.now() + statusEveryMs, status)
  }
  status()
}

function listen(own: Node): void {
  const lines = createInterface({ input: process.stdin })
  lines.on('line', (line) => {
    const { number, ...order } = JSON.parse(line) as MemberOrder & { readonly number: number }
    obey(order as MemberOrder, own).then(
      (value) => say({ type: 'answer', number, value }),
      (error: unknown) => say({ type: 'answer', number, failure: told(error) }),
    )
  })
  // Whoever has started it is gone.
  lines.on('close', () => process.exit(0))
}

async function obey(order: MemberOrder, own: Node): Promise<unknown> {
  switch (order.do) {
    case 'token':
      return await makeToken(`${plan.cluster.folder}/trust`, { ...trust, addresses: order.addresses })
    case 'spawn':
      await own.spawn(witness, { name: order.root, place: { node: order.on }, onNodeLoss: 'rehome' })
      return undefined
    case 'drive':
      driver.start(order.roots, order.everyMs)
      return undefined
    case 'rest':
      return await driver.stop()
    case 'stop':
      await own.stop()
      process.exit(0)
  }
}

function told(error: unknown): string {
  if (Fault.is(error))
    return `${error.code}: ${error.message}${error.cause === undefined ? '' : ` (${told(error.cause)})`}`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
