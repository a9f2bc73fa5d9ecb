// A moment: the node's times as dates that people and programs can read.
import type { Ground } from './ground.ts'

/** A time since the node's start, as events and dead letters carry it, as an ISO date. */
export function wallText(ground: Ground, sinceStartMs: number): string {
  return new Date(ground.runtime.startedAtWallMs + sinceStartMs).toISOString()
}

/** A time of the node's monotonic clock as an ISO date. */
export function clockText(ground: Ground, clockMs: number): string {
  const { clock } = ground.runtime.host
  return new Date(clock.wall() - Math.max(0, clock.now() - clockMs)).toISOString()
}
