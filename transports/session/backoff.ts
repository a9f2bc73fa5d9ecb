// The backoff of a line: how long it waits before it dials again.
import type { Random } from '../../runtime/random.ts'

/** The first wait, and the longest one. */
export const redialMsBounds = { min: 100, max: 15_000 } as const

/**
 * Twice as long after each failure, and of that between the half and the whole: nodes that lost each other at the same moment do not come
 * back in the same moment.
 * @param failures in a row; 0 for none: then it is the first wait
 */
export function redialMs(failures: number, random: Random, bounds: RedialBounds = redialMsBounds): number {
  const wholeMs = Math.min(bounds.min * 2 ** Math.min(failures, 30), bounds.max)
  return wholeMs / 2 + (random.next() * wholeMs) / 2
}

export interface RedialBounds {
  readonly min: number
  readonly max: number
}
