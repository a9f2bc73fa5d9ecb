// The workloads `ask1` and `ask64`: an actor asks one in another process, one question after the other, or from 64 places at once.
import { asker as askerDefinition, echo as echoDefinition } from '../threads/actors.ts'
import { BarePair } from './bare-pair.ts'
import { BenchCluster } from './bench-cluster.ts'
import { quantile } from '../quantile.ts'
import type { AskFigures } from '../threads/latencies.ts'
import type { BarePeer } from '../limit/cluster/pipe.ts'
import type { Sample, Workload } from '../workload.ts'

/** Asks of one repetition, and of how many places at once. */
interface Manner {
  readonly places: number
  readonly asks: number
  readonly sample: (figures: AskFigures) => Sample
}

export const ask1: Workload = workload({
  places: 1,
  asks: 4_000,
  sample: ({ tookUs }) => ({ 'ask1/p50': quantile(tookUs, 0.5), 'ask1/p99': quantile(tookUs, 0.99) }),
})

export const ask64: Workload = workload({
  places: 64,
  asks: 64 * 1_500,
  sample: (figures) => ({ 'ask64/ask': figures.perSecond }),
})

/** Longer than any repetition. */
const timeoutMs = 60_000

function workload(manner: Manner): Workload {
  const repetition = (run: () => Promise<AskFigures>) => async () => manner.sample(await run())
  return {
    troupe: async () => repetition(await troupe(manner)),
    limit: async () => repetition(await bare(manner, 'limit')),
    tls: async () => repetition(await bare(manner, 'tls')),
  }
}

async function troupe({ places, asks }: Manner): Promise<() => Promise<AskFigures>> {
  const cluster = await BenchCluster.found()
  await cluster.join('b')
  const asker = await cluster.node.spawn(askerDefinition, 'asker')
  const echo = await cluster.node.spawn(echoDefinition, { name: 'echo', place: { node: 'b' } })
  return () => asker.ask('run', { echo, places, asks }, { timeoutMs })
}

async function bare({ places, asks }: Manner, peer: BarePeer): Promise<() => Promise<AskFigures>> {
  const pair = await BarePair.open(peer)
  return () => pair.ask(places, asks)
}
