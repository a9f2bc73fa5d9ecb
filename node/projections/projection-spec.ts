// A projection's spec: what `node.project` takes, checked before anything begins.
import { checkName } from '../../runtime/path.ts'
import { Fault } from '../../runtime/fault.ts'
import { shownValue } from './shown-value.ts'
import type { EventFilter } from './event-filter.ts'
import type { From } from './position.ts'
import type { RecordedEvent, Upcast } from './recorded-event.ts'

/** Events after which a projection is written down, unless its spec says otherwise. */
export const saveEventsDefault = 10_000
/** The most a spec may ask for. */
export const saveEventsMax = 1_000_000
/** How long an event may be applied without being written down, in milliseconds, unless the spec says otherwise. */
export const saveMsDefault = 1_000
/** The most a spec may ask for: an hour. */
export const saveMsMax = 3_600_000

/** What a projection does with one event: changes the state in place. It may be async; the next event waits for it. */
export type ProjectionHandler<S, P> = (state: S, event: RecordedEvent<P>) => unknown

/** How a read model is made of events. `S` is its state, `E` the payloads of the events by their names. */
export interface ProjectionSpec<S, E> extends EventFilter {
  /** One path segment; its state and position are kept by this name. */
  readonly name: string
  /** Where it begins when nothing is kept of it; default `start`. */
  readonly from?: From | undefined
  /** The state before the first event: plain data. */
  readonly state: () => S
  /** By the events' names; others are passed over. `$forgotten` is the end of what the journal has of an actor. */
  readonly on: { readonly [K in keyof E]: ProjectionHandler<S, E[K]> }
  /** Of the state's shape and of what `on` makes of events; a higher one begins anew. A whole number from 1, the default. */
  readonly version?: number | undefined
  /** Is given every event; without it, old ones go through that of the definition. */
  readonly upcast?: Upcast | undefined
  /** What becomes of an event whose handler throws: `stop`, the default, or it is left out and counted. */
  readonly onError?: 'stop' | 'skip' | undefined
  /** Events after which it is written down, 1 to 1,000,000; default 10,000. */
  readonly saveEvents?: number | undefined
  /** How long an event is applied at most before it is written down, in milliseconds, 1 to 3,600,000; default 1,000. */
  readonly saveMs?: number | undefined
}

/** A spec whose types are known to its author alone. */
export type AnyProjectionSpec = ProjectionSpec<unknown, Readonly<Record<string, unknown>>>

/** @throws {Fault} `projection-invalid` `name-invalid` */
export function checkSpec(spec: AnyProjectionSpec): void {
  const { name, state, on, upcast, version, onError, saveEvents, saveMs } = Object(spec) as AnyProjectionSpec
  checkName(name)
  if (typeof state !== 'function') refuse(name, 'its state is not a function')
  if (typeof on !== 'object' || on === null) refuse(name, 'its on is not a table of handlers')
  for (const [event, handler] of Object.entries(on))
    if (typeof handler !== 'function') refuse(name, `its on.${shownValue(event)} is not a function`)
  if (upcast !== undefined && typeof upcast !== 'function') refuse(name, 'its upcast is not a function')
  if (onError !== undefined && onError !== 'stop' && onError !== 'skip')
    refuse(name, `its onError is ${shownValue(onError)}, not stop or skip`)
  checkRange(name, 'version', [version, Number.MAX_SAFE_INTEGER])
  checkRange(name, 'saveEvents', [saveEvents, saveEventsMax])
  checkRange(name, 'saveMs', [saveMs, saveMsMax])
}

function checkRange(name: string, field: string, [value, max]: readonly [unknown, number]): void {
  if (value === undefined) return
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max) return
  refuse(name, `its ${field} is ${shownValue(value)}, not a whole number from 1 to ${max}`)
}

function refuse(name: string, flaw: string): never {
  throw new Fault('projection-invalid', `Cannot start the projection "${name}": ${flaw}`, {
    hint: 'Mend the spec that is given to node.project.',
  })
}
