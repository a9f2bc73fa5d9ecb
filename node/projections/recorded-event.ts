// A recorded event: something that has happened to an actor, as whoever reads the journal gets it.
import { describeThrown } from '../../runtime/thrown.ts'
import { Fault } from '../../runtime/fault.ts'
import type { OldEvent } from '../../runtime/actor.ts'
import type { CommitCodec, JournalEvent } from '../../runtime/commit.ts'
import type { JournalRecord } from '../../runtime/journal.ts'
import type { FilterDefinition, UpcastEvent } from './event-filter.ts'

/** The name of the event that an actor has been forgotten: what was read of it is not in the journal any more. */
export const forgottenName = '$forgotten'

/** One event. `P` is the type of its payload, for which whoever names it vouches. */
export interface RecordedEvent<P = unknown> {
  /** Of its record in the whole journal; rises. All events that were persisted at once have the same. */
  readonly position: number
  /** Its place among the events of its record, from 0. */
  readonly index: number
  /** The path. */
  readonly actor: string
  /** The number of its record among those of its actor, from 1. */
  readonly seq: number
  /** When it was appended, in milliseconds since 1970. */
  readonly atMs: number
  readonly event: string
  readonly payload: P
  /** The version of the payload as it was written. */
  readonly version: number
  readonly tags: readonly string[]
}

/** Makes of an event as it was written one of today; undefined leaves it out. */
export type Upcast = (event: OldEvent) => UpcastEvent | undefined

/** All events of a record, as they were written. @throws {Fault} `frame-malformed` */
export function eventsOf(record: JournalRecord, codec: CommitCodec): RecordedEvent[] {
  const { position, id, seq, atMs, tags, kind, body } = record
  const { events = [] } = codec.decode(body)
  const end: JournalEvent[] = kind === 'end' ? [[forgottenName, undefined, 1]] : []
  return [...events, ...end].map(([event, payload, version], index) => ({
    position,
    index,
    actor: id,
    seq,
    atMs,
    event,
    payload,
    version,
    tags,
  }))
}

/** @returns the event with its name and payload of today; undefined if it means nothing any more @throws {Fault} `upcast-failed` */
export function upcasted(event: RecordedEvent, upcast: Upcast | undefined): RecordedEvent | undefined {
  if (upcast === undefined || event.event === forgottenName) return event
  try {
    const { payload, version } = event
    const now = upcast({ name: event.event, payload, version })
    return now === undefined ? undefined : { ...event, event: now.name, payload: now.payload }
  } catch (error) {
    throw upcastFailed(event, error)
  }
}

/** What a definition makes of events of older versions, or of names that are gone; undefined if it makes nothing of them. */
export function upcastOf(definition: FilterDefinition | undefined): Upcast | undefined {
  const { spec } = definition ?? {}
  if (spec?.upcast === undefined) return undefined
  const versions = Object(spec.eventVersions) as Readonly<Record<string, number | undefined>>
  const events = Object(spec.events) as object
  return (event) => {
    const isOfToday = Object.hasOwn(events, event.name) && event.version >= (versions[event.name] ?? 1)
    return isOfToday ? event : spec.upcast?.(event)
  }
}

function upcastFailed({ event, version, actor, position }: RecordedEvent, error: unknown): Fault {
  const { name, message } = describeThrown(error)
  return new Fault(
    'upcast-failed',
    `Cannot read "${event}" of version ${version} of "${actor}" at position ${position}: its upcast threw ${name}: ${message}`,
    { hint: 'Mend the upcast, and read on from this position.', cause: error, details: { position, actor } },
  )
}
