// An inspection: what an actor is and does right now, as plain data. Looking changes nothing.
import { accountOf } from './accounting.ts'
import { busy, closed, down, ended, halting, starting, suspended } from './cell-flags.ts'
import type { Account } from './accounting.ts'
import type { Cell } from './cell.ts'

/**
 * `running` takes its mail · `starting` its `started` hook has not ended · `busy` an async handler or hook has not ended · `suspended` by
 * an operator · `stopping` ends or goes through a stop · `failed` is down and waits to be started again · `ended` is gone.
 */
export type ActorStatus = 'running' | 'starting' | 'busy' | 'suspended' | 'stopping' | 'failed' | 'ended'

/** All statuses, in the order in which they are worth a look. */
export const actorStatuses: readonly ActorStatus[] = [
  'failed',
  'stopping',
  'suspended',
  'busy',
  'starting',
  'running',
  'ended',
]

/** One actor at one moment; what does not apply is null, so that every line of a list has the same fields. */
export interface ActorView extends Account {
  readonly path: string
  readonly definition: string
  readonly version: number
  readonly behaviour: string
  readonly status: ActorStatus
  readonly restarts: number
  readonly children: number
  /** Thread time that its turns took over all its lives, in milliseconds: drawn where messages are short, and without what follows an `await`. */
  readonly cpuMs: number
  /** How long its async handler or hook has run, in milliseconds. */
  readonly busyMs: number | null
  /** The message that this handler handles; null in a hook. */
  readonly message: string | null
  /** Milliseconds until its next start, while a backoff makes it wait. */
  readonly startsInMs: number | null
}

/** Describes a cell in constant time. */
export function describe(cell: Cell): ActorView {
  const rare = cell.rareIfAny
  const nowMs = cell.host.clock.now()
  const isBusy = (cell.flags & busy) !== 0 && cell.busySinceMs !== undefined
  return {
    path: cell.path,
    definition: cell.definition.name,
    version: cell.definition.version,
    behaviour: cell.behaviour.name,
    status: statusOf(cell),
    restarts: rare?.restarts ?? 0,
    children: cell.childCount,
    cpuMs: cell.cpuMs,
    ...accountOf(cell),
    busyMs: isBusy ? Math.max(0, nowMs - (cell.busySinceMs ?? nowMs)) : null,
    message: cell.current?.name ?? null,
    startsInMs: rare?.nextStartMs === undefined ? null : Math.max(0, rare.nextStartMs - nowMs),
  }
}

/** What a cell is at the moment, in one word. */
export function statusOf(cell: Cell): ActorStatus {
  const { flags } = cell
  if ((flags & ended) !== 0) return 'ended'
  if ((flags & halting) !== 0) return 'stopping'
  if ((flags & down) !== 0) return 'failed'
  if ((flags & closed) !== 0) return 'stopping'
  if ((flags & suspended) !== 0) return 'suspended'
  if ((flags & busy) === 0) return 'running'
  return (flags & starting) === 0 ? 'busy' : 'starting'
}
