// The workloads `tell-16` to `tell-64k`: an actor in one thread tells one in another as fast as credit allows.
import { BareThreads } from './bare-threads.ts'
import { Clerk } from './clerk.ts'
import { payloads, sumOf } from './payload.ts'
import { sink as sinkDefinition, source as sourceDefinition } from './actors.ts'
import { startThreadedNode } from './troupe-node.ts'
import { perSecond } from '../workload.ts'
import type { BarePeer } from './bare-ends.ts'
import type { PayloadName } from './payload.ts'
import type { Repetition, Sample, Workload } from '../workload.ts'

export function tell(payload: PayloadName): Workload {
  return {
    troupe: () => troupe(payload),
    limit: () => bare(payload, 'limit'),
    postmessage: () => bare(payload, 'postmessage'),
  }
}

async function troupe(payload: PayloadName): Promise<Repetition> {
  const { messages } = payloads[payload]
  const node = await startThreadedNode(2)
  const clerk = await Clerk.at(node)
  const source = await node.spawn(sourceDefinition, { name: 'source', place: { thread: 1 } })
  const sink = await node.spawn(sinkDefinition, { name: 'sink', place: { thread: 2 } })
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
  const { messages } = payloads[payload]
  const threads = new BareThreads(peer, 2)
  await threads.connect(1, 2)
  return repetition(payload, async () => {
    const counted = threads.order<number>(2, { name: 'sink', from: 1, payload, messages })
    await threads.order(2, { name: 'answer' })
    return () => {
      void threads.order(1, { name: 'source', to: 2, payload, messages })
      return counted
    }
  })
}

/** @param ready makes the sink ready and returns what starts the source and waits for the sum that the sink has read */
function repetition(payload: PayloadName, ready: () => Promise<() => Promise<number>>): Repetition {
  const { messages } = payloads[payload]
  const expected = sumOf(payloads[payload], messages)
  return async (): Promise<Sample> => {
    const go = await ready()
    const startMs = performance.now()
    const sum = await go()
    const figure = perSecond(messages, startMs)
    if (sum !== expected) throw new Error(`the sink has read ${sum} in all, not ${expected}`)
    return { [`tell-${payload}/msg`]: figure }
  }
}
