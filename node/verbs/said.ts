// What a record says: the parts of a commit, each as plain data, in the order in which they are applied.
import { plain } from '../plain.ts'
import { dateText } from './date-text.ts'
import type { Commit, JournalEvent, Letter, TimerChange } from '../../runtime/commit.ts'
import type { Plain } from '../plain.ts'

/** One part; payloads are left out where there are none. */
export type Said =
  | { readonly what: 'event'; readonly name: string; readonly payload?: Plain; readonly version: number }
  | { readonly what: 'state'; readonly state?: Plain; readonly version: number }
  | {
      readonly what: 'timer'
      readonly key: string
      readonly name: string
      readonly payload?: Plain
      readonly due: string
      readonly periodMs: number | null
      readonly catchUp: string
    }
  | { readonly what: 'timer-ended'; readonly key: string }
  | { readonly what: 'sender'; readonly sender: string }
  | {
      readonly what: 'letter'
      readonly to: string
      readonly number: number
      readonly name: string
      readonly payload?: Plain
    }
  | { readonly what: 'arrived'; readonly to: string; readonly upTo: number }
  | { readonly what: 'handled'; readonly from: string; readonly sender: string; readonly upTo: number }
  | { readonly what: 'reply'; readonly key: string; readonly reply?: Plain }
  /** Its bytes cannot be read. */
  | { readonly what: 'unreadable'; readonly reason: string }

/** All that a commit says. */
export function saidBy(commit: Commit): Said[] {
  const {
    events = [],
    state,
    timers = [],
    sender,
    sent = [],
    arrived = [],
    handled = [],
    replies = [],
  } = commit
  return [
    ...events.map(eventSaid),
    ...(state === undefined
      ? []
      : [{ what: 'state', ...shown('state', state.data), version: state.version } as const]),
    ...timers.map(timerSaid),
    ...(sender === undefined ? [] : [{ what: 'sender', sender } as const]),
    ...sent.map(letterSaid),
    ...arrived.map(([to, upTo]): Said => ({ what: 'arrived', to, upTo })),
    ...handled.map(([from, signed, upTo]): Said => ({ what: 'handled', from, sender: signed, upTo })),
    ...replies.map(replySaid),
  ]
}

function eventSaid([name, payload, version]: JournalEvent): Said {
  return { what: 'event', name, ...shown('payload', payload), version }
}

function letterSaid({ to, number, name, payload }: Letter): Said {
  return { what: 'letter', to, number, name, ...shown('payload', payload) }
}

function replySaid([key, ...reply]: NonNullable<Commit['replies']>[number]): Said {
  return { what: 'reply', key, ...shown('reply', reply[0]) }
}

function timerSaid(timer: TimerChange): Said {
  const { key } = timer
  if (timer.name === undefined) return { what: 'timer-ended', key }
  const { name, payload, dueMs, periodMs = null, catchUp } = timer
  return { what: 'timer', key, name, ...shown('payload', payload), due: dateText(dueMs), periodMs, catchUp }
}

function shown<K extends string>(key: K, value: unknown): { readonly [P in K]?: Plain } {
  const copy = plain(value)
  // The one key that there is.
  return (copy === undefined ? {} : { [key]: copy }) as { readonly [P in K]?: Plain }
}
