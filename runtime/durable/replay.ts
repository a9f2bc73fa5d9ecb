// A replay: an actor's state and duties made of its commits, one after the other, and of nothing else.
import { Duties } from './duties.ts'
import { Fault } from '../fault.ts'
import { escapeText } from '../escape.ts'
import type { ActorDefinition } from '../definition.ts'
import type { Commit, JournalEvent } from '../commit.ts'
import type { RecordKind } from '../journal.ts'

/** Whose replay it is, for the messages of faults. */
export interface ReplayOf {
  readonly definition: ActorDefinition
  readonly id: string
}

export class Replay {
  state: unknown
  readonly duties: Duties = new Duties()
  readonly #of: ReplayOf

  /** @param state that of an actor to which nothing has happened yet */
  constructor(of: ReplayOf, state: unknown) {
    this.#of = of
    this.state = state
  }

  /**
   * Takes the next record.
   * @throws {Fault} `event-unknown` the definition has no such event · `event-failed` its function threw
   * @throws {Fault} `definition-differs` `upgrade-failed` a state of another version
   */
  take(kind: RecordKind, seq: number, commit: Commit): void {
    if (kind === 'end') {
      this.duties.clear()
      return
    }
    if (commit.state !== undefined) this.state = restoredState(this.#of, seq, commit.state)
    for (const event of commit.events ?? []) this.state = appliedTo(this.state, this.#of, seq, event)
    this.duties.apply(commit)
  }
}

/** Whether a written state of that version is of use to the definition. */
export function isUsable({ version, spec }: ActorDefinition, written: number): boolean {
  return version === written || (version > written && spec.upgrade !== undefined)
}

function restoredState(
  { definition, id }: ReplayOf,
  seq: number,
  { version, data }: { readonly version: number; readonly data: unknown },
): unknown {
  if (version === definition.version) return data
  if (!isUsable(definition, version)) {
    throw new Fault(
      'definition-differs',
      `Cannot recover "${id}": record ${seq} has a state of version ${version}, and version ${definition.version} of "${definition.name}" is loaded`,
      { hint: 'Load the same version, or a newer one with an upgrade.' },
    )
  }
  try {
    return definition.spec.upgrade?.(data, version)
  } catch (error) {
    throw Fault.wrap(
      error,
      'upgrade-failed',
      `Cannot recover "${id}": cannot upgrade "${definition.name}" from version ${version}`,
    )
  }
}

/** Applies one event. @throws {Fault} `event-unknown` `event-failed` */
export function appliedTo(state: unknown, of: ReplayOf, seq: number, event: JournalEvent): unknown {
  const { definition, id } = of
  const today = upToDate(of, seq, event)
  if (today === undefined) return state
  const name = today[0]
  const payload = today[1]
  const apply = definition.events.get(name)
  if (apply === undefined) {
    throw new Fault(
      'event-unknown',
      `Cannot recover "${id}": record ${seq} has an event "${escapeText(name, 64)}" that "${definition.name}" does not have`,
      { hint: 'Load the version that has written it, or give the definition an upcast that knows it.' },
    )
  }
  try {
    const next = apply(state, payload)
    return next === undefined ? state : next
  } catch (error) {
    throw Fault.wrap(error, 'event-failed', `Cannot apply event "${name}" of record ${seq} to "${id}"`)
  }
}

function upToDate(
  { definition, id }: ReplayOf,
  seq: number,
  event: JournalEvent,
): readonly [name: string, payload: unknown, ...rest: unknown[]] | undefined {
  const { spec } = definition
  // By index: this is done for each event of each recovery.
  const name = event[0]
  const version = event[2]
  const isKnown = definition.events.has(name)
  if (isKnown && version === definition.eventVersion(name)) return event
  if (spec.upcast === undefined) {
    if (!isKnown) return event
    throw new Fault(
      'event-unknown',
      `Cannot recover "${id}": record ${seq} has version ${version} of event "${name}", and the definition has version ${definition.eventVersion(name)}`,
      { hint: 'Give the definition an upcast from that version.' },
    )
  }
  try {
    const today = spec.upcast({ name, payload: event[1], version })
    return today === undefined ? undefined : [today.name, today.payload]
  } catch (error) {
    throw Fault.wrap(error, 'event-failed', `Cannot upcast event "${name}" of record ${seq} of "${id}"`)
  }
}
