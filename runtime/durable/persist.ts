// Persisting: what an actor's code may ask of its durable part, checked before anything is written.
import { checkPayload } from '../ref.ts'
import { escapeText } from '../escape.ts'
import { Fault } from '../fault.ts'
import type { Cell } from '../cell.ts'
import type { DurableLife } from './durable-life.ts'
import type { JournalEvent } from '../commit.ts'

/** Events that one commit may hold. */
export const eventsAtOnceMax = 10_000

/** Writes one event. @throws {Fault} those of `Self.persist` */
export function persistEvent(cell: Cell, name: string, payload: unknown): Promise<void> {
  return persisting(cell).persist([checked(cell, name, payload)])
}

/** Writes events, all or none. @throws {Fault} those of `Self.persist` */
export function persistEvents(
  cell: Cell,
  events: readonly (readonly [name: string, payload?: unknown])[],
): Promise<void> {
  const durable = persisting(cell)
  if (events.length === 0 || events.length > eventsAtOnceMax) {
    throw new Fault(
      'events-invalid',
      `Cannot persist in "${cell.path}": ${events.length} events are not 1 to ${eventsAtOnceMax}`,
      { hint: 'Give at least one event, and split many over several commits.' },
    )
  }
  // By index, as wherever an event is looked at: an iterator for each costs more than the rest.
  return durable.persist(events.map((event) => checked(cell, event[0], event[1])))
}

function persisting(cell: Cell): DurableLife {
  const durable = durableOf(cell, 'persist')
  if (cell.definition.keepsState) throw volatile(cell, 'persist', 'it keeps its state, and has no events')
  return durable
}

function checked(cell: Cell, name: string, payload: unknown): JournalEvent {
  const { definition, host } = cell
  if (!definition.events.has(name)) throw unknownEvent(cell, name)
  if (host.isStrict) checkPayload(host, `persist "${name}" in "${cell.path}"`, payload)
  return [name, payload, definition.eventVersion(name)]
}

/** Writes the state as it is. @throws {Fault} those of `Self.save` */
export function saveState(cell: Cell): Promise<void> {
  const durable = durableOf(cell, 'save the state')
  if (!cell.definition.keepsState)
    throw volatile(cell, 'save the state', 'it has events, and its state is made of them')
  if (cell.host.isStrict) {
    const flaw = cell.host.flawOf(cell.state)
    if (flaw !== undefined) {
      throw new Fault(
        'payload-unencodable',
        `Cannot save the state of "${cell.path}": ${flaw.path} is ${flaw.what}`,
        { hint: 'Keep plain data, Map, Set, Date, bytes, refs or Faults in the state.' },
      )
    }
  }
  return durable.save()
}

/** Deletes what the journal has of the actor. @throws {Fault} those of `Self.forget` */
export function forgetAll(cell: Cell): Promise<void> {
  const durable = durableOf(cell, 'forget')
  const { count } = durable.letters
  if (count > 0) {
    throw new Fault(
      'letters-waiting',
      `Cannot forget in "${cell.path}": ${count} of its reliable messages have not arrived`,
      {
        hint: 'Forget once they have; look with "why" at who does not take them.',
      },
    )
  }
  const forgotten = durable.forget()
  // What has brought it about must not come again.
  const inHand = cell.host.current?.to === cell ? cell.host.current : cell.current
  inHand?.origin?.duty?.stage()
  return forgotten
}

function durableOf(cell: Cell, attempt: string): DurableLife {
  const durable = cell.rareIfAny?.durable
  if (durable === undefined) throw volatile(cell, attempt, 'its definition has neither events nor durable')
  return durable
}

function volatile(cell: Cell, attempt: string, why: string): Fault {
  return new Fault('actor-volatile', `Cannot ${attempt} in "${cell.path}": ${why}`, {
    hint: `Give the definition "${cell.definition.name}" what the call needs, or leave the call out.`,
  })
}

function unknownEvent(cell: Cell, name: string): Fault {
  const known = [...cell.definition.events.keys()].join(', ')
  return new Fault(
    'event-unknown',
    `Cannot persist "${escapeText(name, 64)}" in "${cell.path}": its definition has no such event`,
    { hint: `Use one of: ${known}.` },
  )
}
