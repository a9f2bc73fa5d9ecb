// A loss: a node of three is lost again and again; how soon it is removed, and how soon its root answers elsewhere.
import { echo } from '../threads/actors.ts'
import { quantile } from '../quantile.ts'
import type { BenchCluster } from './bench-cluster.ts'
import type { Partner } from './partner.ts'
import type { Ref } from 'troupe'
import type { Sample } from '../workload.ts'
import type { EchoProtocol } from '../threads/actors.ts'

export interface Loss {
  readonly workload: 'kill' | 'stop' | 'cut'
  readonly cluster: BenchCluster
  /** Starts the node that is lost. */
  start(): Promise<Partner>
  /** Loses it. */
  lose(partner: Partner): void
  /** Makes room for the next one. */
  bury(partner: Partner): Promise<void>
}

/** Of one repetition. */
const rounds = 10
/** The detector learns the rhythm of a new node's heartbeats meanwhile. */
const quietMs = 1_500
/** After which a question is asked again, in milliseconds. */
const answerMsMax = 500

export async function measureLosses(loss: Loss): Promise<Sample> {
  const removedMs: number[] = []
  const servingMs: number[] = []
  for (let round = 0; round < rounds; round++) {
    const took = await measureLoss(loss, `root-${round}`)
    removedMs.push(took.removedMs)
    servingMs.push(took.servingMs)
  }
  return {
    [`${loss.workload}/removed-p95`]: quantile(removedMs, 0.95),
    [`${loss.workload}/serving-p95`]: quantile(servingMs, 0.95),
  }
}

async function measureLoss(
  { cluster, start, lose, bury }: Loss,
  name: string,
): Promise<{ readonly removedMs: number; readonly servingMs: number }> {
  const partner = await start()
  const lost = cluster.numberOf('c')
  const root = await cluster.node.spawn(echo, { name, place: { node: 'c' } })
  await root.ask('echo', 'before')
  await new Promise((resolve) => setTimeout(resolve, quietMs))
  const startMs = performance.now()
  lose(partner)
  const removal = cluster.until(() => cluster.cluster.facts.member(lost) === undefined)
  const removed = removal.then(() => performance.now() - startMs)
  await answered(root)
  const servingMs = performance.now() - startMs
  const removedMs = await removed
  if (servingMs < removedMs && cluster.cluster.facts.home(name)?.member === lost)
    throw new Error('somebody answers who is lost')
  await bury(partner)
  root.stop()
  return { removedMs, servingMs }
}

/** Who is lost answers nothing: the first answer is the new one's. */
async function answered(root: Ref<EchoProtocol>): Promise<void> {
  for (;;) {
    try {
      await root.ask('echo', 'after', { timeoutMs: answerMsMax })
      return
    } catch {
      // Lost with the node, or nobody there yet: ask again in the next turn.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
