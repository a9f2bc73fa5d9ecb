// A workload: one job done twice, by Troupe and by the bare limit, so that the two can be compared.

/** Who does the job: ourselves with everything users get, or a kernel that does nothing beside. */
export type Peer = 'troupe' | 'limit'

/** Both of them, in the order of the columns. */
export const peers: readonly Peer[] = ['troupe', 'limit']

/** What one repetition measured: the name of a figure, such as `tell/msg`, to its value. */
export type Sample = Readonly<Record<string, number>>

/** Does the job once, from a quiet start to a quiet end, and measures it. */
export type Repetition = () => Promise<Sample>

/** Makes ready what all repetitions of one process share. */
export type Workload = Readonly<Record<Peer, () => Promise<Repetition>>>

/** Things per second. @param sinceMs when they began, by `performance.now` */
export function perSecond(count: number, sinceMs: number): number {
  return (count * 1_000) / (performance.now() - sinceMs)
}
