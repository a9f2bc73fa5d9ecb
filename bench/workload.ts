// A workload: one job done several times, by Troupe and by others, so that they can be compared.

/**
 * Who does the job: ourselves with everything users get, the best design with nothing beside, or what a program does without either:
 * messages between threads one by one, records into LevelDB, a TLS socket of Node.js.
 */
export type Peer = 'troupe' | 'limit' | 'postmessage' | 'classic-level' | 'tls'

/** All of them, in the order of the columns. */
export const peers: readonly Peer[] = ['troupe', 'limit', 'postmessage', 'classic-level', 'tls']

/** What one repetition measured: the name of a figure, such as `tell/msg`, to its value. */
export type Sample = Readonly<Record<string, number>>

/** Does the job once, from a quiet start to a quiet end, and measures it. */
export type Repetition = () => Promise<Sample>

/** Makes ready what all repetitions of one process share; a peer that it says nothing of does not run. */
export type Workload = Readonly<Partial<Record<Peer, () => Promise<Repetition>>>>

/** Things per second. @param sinceMs when they began, by `performance.now` */
export function perSecond(count: number, sinceMs: number): number {
  return (count * 1_000) / (performance.now() - sinceMs)
}
