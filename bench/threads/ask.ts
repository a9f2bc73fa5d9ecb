// The workloads `ask1` and `ask64`: an actor asks one in another thread, one question after the other, or from 64 places at once.
import { asker as askerDefinition, echo as echoDefinition } from './actors.ts'
import { BareThreads } from './bare-threads.ts'
import { quantile } from '../quantile.ts'
import { startThreadedNode } from './troupe-node.ts'
import type { AskFigures } from './latencies.ts'
import type { BarePeer } from './bare-ends.ts'
import type { Sample, Workload } from '../workload.ts'

/** Asks of one repetition, and of how many places at once. */
interface Manner {
  readonly places: number
  readonly asks: number
  readonly sample: (figures: AskFigures) => Sample
}

export const ask1: Workload = workload({
  places: 1,
  asks: 10_000,
  sample: ({ tookUs }) => ({ 'ask1/p50': quantile(tookUs, 0.5), 'ask1/p99': quantile(tookUs, 0.99) }),
})

export const ask64: Workload = workload({
  places: 64,
  asks: 64 * 3_000,
  sample: (figures) => ({ 'ask64/ask': figures.perSecond }),
})

function workload(manner: Manner): Workload {
  const repetition = (run: () => Promise<AskFigures>) => async () => manner.sample(await run())
  return {
    troupe: async () => repetition(await troupe(manner)),
    limit: async () => repetition(await bare(manner, 'limit')),
    postmessage: async () => repetition(await bare(manner, 'postmessage')),
  }
}

/** Longer than any repetition. */
const timeoutMs = 60_000

async function troupe({ places, asks }: Manner): Promise<() => Promise<AskFigures>> {
  const node = await startThreadedNode(2)
  const asker = await node.spawn(askerDefinition, { name: 'asker', place: { thread: 1 } })
  const echo = await node.spawn(echoDefinition, { name: 'echo', place: { thread: 2 } })
  return () => asker.ask('run', { echo, places, asks }, { timeoutMs })
}

async function bare({ places, asks }: Manner, peer: BarePeer): Promise<() => Promise<AskFigures>> {
  const threads = new BareThreads(peer, 2)
  await threads.connect(1, 2)
  return () => threads.order(1, { name: 'ask', to: 2, places, asks })
}
