// A moment: the node's times as dates that people and programs can read.
import type { Node } from '../node.ts'

/** A time since the node's start, as events and dead letters carry it, as an ISO date. */
export function wallText(node: Node, sinceStartMs: number): string {
  return new Date(node.runtime.startedAtWallMs + sinceStartMs).toISOString()
}

/** A time of the node's monotonic clock as an ISO date. */
export function clockText(node: Node, clockMs: number): string {
  const { clock } = node.runtime.host
  return new Date(clock.wall() - Math.max(0, clock.now() - clockMs)).toISOString()
}
