// The verdict of a sweep over one entity: a decision, by when it was last seen to have been used.

/** `used` it has done something since the last look · `due` it has been idle for long enough · `wait` neither. */
export type SweepVerdict = 'used' | 'due' | 'wait'

/** @param look.isChanged whether it has done anything since the last look at it */
export function sweepVerdict(look: {
  readonly isChanged: boolean
  readonly usedMs: number
  readonly nowMs: number
  readonly idleMs: number
}): SweepVerdict {
  if (look.isChanged) return 'used'
  return look.nowMs - look.usedMs >= look.idleMs ? 'due' : 'wait'
}

/** How long until the next sweep: what has been idle for `idleMs` sleeps within a quarter of that more. */
export function sweepPeriodMs(idleMs: number): number {
  return Math.max(1, Math.floor(idleMs / 4))
}
