// A goal: what a figure ought to be, and whether it is.
import type { Peer } from './workload.ts'

/** Bounds that must all hold; docs/benchmarks.md says where they come from. */
export interface Goal {
  readonly min?: number
  readonly max?: number
  /** At least this share of what somebody else reaches in the same run. */
  readonly minOf?: Shares
  /** At most so many times what somebody else takes in the same run. */
  readonly maxOf?: Shares
}

type Rival = Exclude<Peer, 'troupe'>
type Shares = Readonly<Partial<Record<Rival, number>>>

/** What all who ran have reached. */
export type Values = Readonly<Partial<Record<Peer, number>>>

/** Whether a value reaches its goal, and by how much it does not. */
export interface Verdict {
  readonly isMet: boolean
  /** How far beyond the worst of the missed bounds, as a share of it; 0 if all hold. */
  readonly missedBy: number
}

/** Judges a value of ours; without that of somebody else the share of it is not judged. */
export function judge(goal: Goal, value: number, values: Values): Verdict {
  const missed = [0]
  for (const min of bounds(goal.min, goal.minOf, values)) missed.push(1 - value / min)
  for (const max of bounds(goal.max, goal.maxOf, values)) missed.push(value / max - 1)
  const missedBy = Math.max(...missed)
  return { isMet: missedBy === 0, missedBy }
}

/** With whom a value is compared first. */
export function rivalOf({ minOf, maxOf }: Goal): Rival {
  const [rival] = sharesIn({ ...minOf, ...maxOf })
  return rival?.[0] ?? 'limit'
}

/** Of whom, and what share. */
export function sharesIn(shares: Shares = {}): (readonly [rival: Rival, share: number])[] {
  // Whoever is named in shares is a rival.
  return Object.entries(shares) as [Rival, number][]
}

function bounds(own: number | undefined, shares: Shares | undefined, values: Values): number[] {
  const found = own === undefined ? [] : [own]
  for (const [rival, share] of sharesIn(shares)) {
    const value = values[rival]
    if (value !== undefined) found.push(value * share)
  }
  return found
}
