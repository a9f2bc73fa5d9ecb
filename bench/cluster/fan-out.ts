// The workload `fan-out`: actors of one node tell actors in ten others, and what each of these peers costs the one in memory.
import { BenchCluster } from './bench-cluster.ts'
import { Clerk } from '../threads/clerk.ts'
import { collect } from '../heap.ts'
import { payloads, sumOf } from '../threads/payload.ts'
import { perSecond } from '../workload.ts'
import { sink as sinkDefinition, source as sourceDefinition } from '../threads/actors.ts'
import type { Repetition, Workload } from '../workload.ts'

const peers = 10
/** Of them that were there before the memory is looked at: the first ones load what the others find loaded. */
const peersBefore = 2
/** For each peer; a whole number of credits. */
const messages = 8_192 * 4

export const fanOut: Workload = { troupe }

async function troupe(): Promise<Repetition> {
  const cluster = await BenchCluster.found()
  const names = Array.from({ length: peers }, (_, index) => `peer-${index}`)
  for (const name of names.slice(0, peersBefore)) await cluster.join(name)
  const beforeBytes = await liveBytes()
  for (const name of names.slice(peersBefore)) await cluster.join(name)
  const bytes = ((await liveBytes()) - beforeBytes) / (peers - peersBefore)
  const { node } = cluster
  const clerk = await Clerk.at(node)
  const pairs = await Promise.all(
    names.map(async (name) => ({
      source: await node.spawn(sourceDefinition, `source-${name}`),
      sink: await node.spawn(sinkDefinition, { name: `sink-${name}`, place: { node: name } }),
    })),
  )
  const expected = sumOf(payloads['100'], messages)
  return async () => {
    for (const { source, sink } of pairs)
      await sink.ask('begin', { payload: '100', messages, sources: [source], clerk: clerk.ref })
    const told = clerk.told(peers)
    const startMs = performance.now()
    for (const { source, sink } of pairs) source.tell('start', { payload: '100', messages, sink })
    const sums = await told
    const rate = perSecond(messages * peers, startMs)
    if (sums.some((sum) => sum !== expected)) throw new Error(`the sinks have read ${sums.join()} in all`)
    return { 'fan-out/msg': rate, 'peer/memory': bytes }
  }
}

/** Of objects and buffers, wherever they are kept. */
async function liveBytes(): Promise<number> {
  await collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
