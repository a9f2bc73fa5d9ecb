// The workloads `tell-16` to `tell-64k`: an actor in one process tells one in another as fast as credit allows.
import { BarePair } from './bare-pair.ts'
import { BenchCluster } from './bench-cluster.ts'
import { Clerk } from '../threads/clerk.ts'
import { payloads, sumOf } from '../threads/payload.ts'
import { perSecond } from '../workload.ts'
import { sink as sinkDefinition, source as sourceDefinition } from '../threads/actors.ts'
import type { BarePeer } from '../limit/cluster/pipe.ts'
import type { PayloadName } from '../threads/payload.ts'
import type { Repetition, Sample, Workload } from '../workload.ts'

/** Messages of one repetition; a whole number of credits. */
const messagesOf: Readonly<Record<PayloadName, number>> = {
  '16': 8_192 * 64,
  '100': 8_192 * 48,
  '1k': 1_024 * 48,
  '64k': 64 * 64,
}

export function tell(payload: PayloadName): Workload {
  return {
    troupe: () => troupe(payload),
    limit: () => bare(payload, 'limit'),
    tls: () => bare(payload, 'tls'),
  }
}

async function troupe(payload: PayloadName): Promise<Repetition> {
  const messages = messagesOf[payload]
  const cluster = await BenchCluster.found()
  await cluster.join('b')
  const { node } = cluster
  const clerk = await Clerk.at(node)
  const source = await node.spawn(sourceDefinition, 'source')
  const sink = await node.spawn(sinkDefinition, { name: 'sink', place: { node: 'b' } })
  return repetition(payload, async () => {
    await sink.ask('begin', { payload, messages, sources: [source], clerk: clerk.ref })
    return async () => {
      const told = clerk.told(1)
      source.tell('start', { payload, messages, sink })
      const [sum = 0] = await told
      return sum
    }
  })
}

async function bare(payload: PayloadName, peer: BarePeer): Promise<Repetition> {
  const pair = await BarePair.open(peer)
  return repetition(payload, () => pair.ready({ payload, messages: messagesOf[payload] }))
}

/** @param ready makes the sink ready and returns what starts the source and waits for the sum that the sink has read */
function repetition(payload: PayloadName, ready: () => Promise<() => Promise<number>>): Repetition {
  const messages = messagesOf[payload]
  const expected = sumOf(payloads[payload], messages)
  return async (): Promise<Sample> => {
    const go = await ready()
    const startMs = performance.now()
    const sum = await go()
    const rate = perSecond(messages, startMs)
    if (sum !== expected) throw new Error(`the sink has read ${sum} in all, not ${expected}`)
    return payload === '64k' ? { 'tell-64k/MB': (rate * 65_536) / 1e6 } : { [`tell-${payload}/msg`]: rate }
  }
}
