// A happening: one lifecycle event of an actor, as data.
import { Fault } from '../../runtime/fault.ts'
import { wallText } from './moment.ts'
import type { EventKind, LifecycleEvent } from '../../runtime/event-log.ts'
import type { Plain } from '../plain.ts'
import type { Placed } from './spot.ts'
import type { Ground } from './ground.ts'

export interface Happening extends Placed {
  readonly seq: number
  readonly at: string
  readonly kind: EventKind
  readonly path: string
  /** In words; empty if the kind says it all. */
  readonly text: string
  /** The same as data: a fault, an exit, a number of restarts, a line of a log. */
  readonly detail: Plain
}

/** Describes an event; the path is made here, not when it happened. */
export function happeningOf(ground: Ground, { seq, kind, subject, atMs, detail }: LifecycleEvent): Happening {
  return {
    seq,
    at: wallText(ground, atMs),
    kind,
    path: subject.path,
    text: textOf(detail),
    detail: detailOf(ground, detail),
  }
}

function detailOf(ground: Ground, detail: unknown): Plain {
  // A record is plain data by its type.
  if (Fault.is(detail)) return detail.toJSON() as unknown as Plain
  return ground.operator.plain(detail) ?? null
}

/** What the kernel gives with its events, in words. */
function textOf(detail: unknown): string {
  if (Fault.is(detail)) return `${detail.code}: ${detail.message}`
  if (typeof detail === 'number') return `${detail} restart${detail === 1 ? '' : 's'} so far`
  if (typeof detail !== 'object' || detail === null) return ''
  const { by, cause, fault, level, message, tries, attempt, delayMs } = detail as Readonly<
    Record<string, unknown>
  >
  if (typeof level === 'string') return `${level}: ${String(message)}`
  if (typeof tries === 'number') return `"${String(message)}" after ${tries} tries`
  if (typeof attempt === 'number') return `attempt ${attempt} in ${Math.round(Number(delayMs))} ms`
  if (typeof by === 'string')
    return by === 'itself' ? 'by itself' : `by ${by === 'sibling' ? 'a sibling' : 'order'}`
  if (typeof cause !== 'string') return ''
  const code = (fault as { readonly code?: unknown } | undefined)?.code
  return typeof code === 'string' ? `${cause}: ${code}` : cause
}
