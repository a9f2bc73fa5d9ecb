// Catching up: what becomes of a durable timer after a beat, and of one whose beats nobody was awake for. Decisions.
import type { DurableTimer } from './duties.ts'

/** Missed beats that a timer with `each` makes up for; those before them are skipped. */
export const catchUpBeatsMax = 1_000

/** The timer as it goes on; undefined if it has come to its end. */
export interface NextBeat {
  readonly timer: DurableTimer | undefined
  /** Beats that are not made up for. */
  readonly skipped: number
}

/** After a beat was handled. Beats keep to the grid of the first one. */
export function afterBeat(timer: DurableTimer, nowMs: number): NextBeat {
  const { periodMs, dueMs } = timer
  if (periodMs === undefined) return { timer: undefined, skipped: 0 }
  const missed = Math.floor(Math.max(0, nowMs - dueMs) / periodMs)
  const skipped = timer.catchUp === 'each' ? Math.max(0, missed - catchUpBeatsMax) : missed
  return { timer: { ...timer, dueMs: dueMs + (skipped + 1) * periodMs }, skipped }
}

/** When a life begins. Only with `skip` anything changes: what has come due meanwhile is left out. */
export function afterSleep(timer: DurableTimer, nowMs: number): NextBeat {
  const { periodMs, dueMs, catchUp } = timer
  if (catchUp !== 'skip' || dueMs > nowMs) return { timer, skipped: 0 }
  if (periodMs === undefined) return { timer: undefined, skipped: 1 }
  const skipped = Math.floor((nowMs - dueMs) / periodMs) + 1
  return { timer: { ...timer, dueMs: dueMs + skipped * periodMs }, skipped }
}
