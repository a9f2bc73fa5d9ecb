// A goal: what a figure ought to be, and whether it is.

/** Bounds that must all hold; docs/benchmarks.md says where they come from. */
export interface Goal {
  readonly min?: number
  readonly max?: number
  /** At least this share of what the limit reaches in the same run. */
  readonly minOfLimit?: number
}

/** Whether a value reaches its goal, and by how much it does not. */
export interface Verdict {
  readonly isMet: boolean
  /** How far beyond the worst of the missed bounds, as a share of it; 0 if all hold. */
  readonly missedBy: number
}

/** @param limit what the bare limit reached; without it the share of it is not judged */
export function judge(goal: Goal, value: number, limit: number | undefined): Verdict {
  const { min, max, minOfLimit } = goal
  let missedBy = 0
  if (min !== undefined) missedBy = Math.max(missedBy, 1 - value / min)
  if (max !== undefined) missedBy = Math.max(missedBy, value / max - 1)
  if (minOfLimit !== undefined && limit !== undefined) {
    missedBy = Math.max(missedBy, 1 - value / (limit * minOfLimit))
  }
  return { isMet: missedBy === 0, missedBy }
}
