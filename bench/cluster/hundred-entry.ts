// The entry of a process with a hundred nodes over wires in memory: how soon all know that all are up, and what that weighs.
import { AddressBook } from '../../node/cluster/address-book.ts'
import { Cluster } from '../../node/cluster/cluster.ts'
import { CrashDisk } from '../../scenarios/testing/crash-disk.ts'
import { inputOf, tell } from './parent.ts'
import { MemoryFiles } from '../../scenarios/testing/memory-files.ts'
import { MemoryNetwork } from '../../transports/memory/memory-network.ts'
import { Node } from '../../node/node.ts'
import { SystemClock } from '../../node/system-clock.ts'
import { SystemRandom } from '../../node/system-random.ts'

const count = 100
const first = 'node-0'

await inputOf()
const clock = new SystemClock()
const random = new SystemRandom()
const network = new MemoryNetwork({ clock, random })
const startMs = performance.now()
const founder = await started(first)
const others = Array.from({ length: count - 1 }, (_, index) => `node-${index + 1}`)
const clusters = [founder, ...(await Promise.all(others.map(started)))]
await Promise.all(clusters.map(converged))
tell({ 'hundred/time': performance.now() - startMs, 'hundred/rss': process.memoryUsage.rss() })

async function started(name: string): Promise<Cluster> {
  const node = new Node({ name, cluster: { folder: name } }, { clock, random })
  await node.openThreads()
  const { fleet, runtime, definitions } = node
  if (fleet === undefined) throw new Error('a node of a cluster has no fleet')
  const cluster = await Cluster.open({
    name,
    cluster: 'hundred',
    kind: name === first ? 'initial' : 'trusted',
    labels: [],
    runtime,
    fleet,
    definitions,
    clock,
    random,
    transport: network.node(name),
    storage: { disk: new CrashDisk(), folder: 'council' },
    book: new AddressBook(new MemoryFiles(), 'peers'),
    seeds: name === first ? [] : [{ addresses: [`memory/${first}`] }],
    founds: name === first,
    isEntity: () => false,
  })
  node.enter(cluster)
  return cluster
}

/** Resolves once a node knows that all are up. */
async function converged({ agreement }: Cluster): Promise<void> {
  const { directory } = agreement
  const isSo = (): boolean =>
    directory.facts.memberCount === count &&
    [...directory.facts.members()].every(({ status }) => status === 'up')
  if (isSo()) return
  const { promise, resolve } = Promise.withResolvers<void>()
  const look = (): void => {
    if (isSo()) resolve()
  }
  const unwatch = directory.watch(look, look)
  await promise
  unwatch()
}
