// The workloads `commit` and `claim`: three nodes in three processes agree on settings, and on who has a name; safe on three disks.
import { BenchCluster } from './bench-cluster.ts'
import { echo } from '../threads/actors.ts'
import { perSecond } from '../workload.ts'
import { quantile } from '../quantile.ts'
import type { Repetition, Workload } from '../workload.ts'

/** Commands of one repetition, and how many of them are under way at once. */
const commits = 4_096
const places = 256
/** Of which the time is taken, one after the other. */
const timedCommits = 200
const claims = 1_024

export const commit: Workload = { troupe: committing }
export const claim: Workload = { troupe: claiming }

async function trio(): Promise<BenchCluster> {
  const cluster = await BenchCluster.found()
  for (const name of ['b', 'c']) await cluster.join(name)
  // The council takes one more voter at a time.
  const areVoters = (): boolean => cluster.cluster.agreement.council.voters.length === 3
  while (!areVoters()) await new Promise((resolve) => setTimeout(resolve, 50))
  return cluster
}

async function committing(): Promise<Repetition> {
  const { cluster } = await trio()
  const { proposals } = cluster.agreement
  const set = async (place: number, value: number): Promise<void> => {
    await proposals.order({ type: 'set', key: `place-${place}`, value: String(value) })
  }
  return async () => {
    const startMs = performance.now()
    await atOnce(commits, set)
    const rate = perSecond(commits, startMs)
    const tookMs: number[] = []
    for (let i = 0; i < timedCommits; i++) {
      const sentMs = performance.now()
      await set(0, i)
      tookMs.push(performance.now() - sentMs)
    }
    return { 'commit/rate': rate, 'commit/p50': quantile(tookMs, 0.5) }
  }
}

/** Each name is claimed by the node that spawns it, and released when its actor has ended. */
async function claiming(): Promise<Repetition> {
  const bench = await trio()
  const { node, cluster } = bench
  let rounds = 0
  return async () => {
    const round = ++rounds
    const names: string[] = []
    const startMs = performance.now()
    await atOnce(claims, async (place, index) => {
      const name = `r${round}-${place}-${index}`
      names.push(name)
      await node.spawn(echo, name)
    })
    const rate = perSecond(claims, startMs)
    if (names.some((name) => cluster.facts.home(name)?.member !== cluster.member))
      throw new Error('a name that was claimed is not ours')
    for (const name of names) node.find(name)?.stop()
    await bench.until(() => cluster.facts.homeCount === 0)
    return { 'claim/rate': rate }
  }
}

async function atOnce(
  count: number,
  work: (place: number, index: number) => Promise<unknown>,
): Promise<void> {
  await Promise.all(
    Array.from({ length: places }, async (_, place) => {
      for (let index = 0; index < count / places; index++) await work(place, index)
    }),
  )
}
