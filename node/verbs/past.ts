// The past of an actor: its state as it was after a record, made again of its journal in a scratch of its own; the live one is not touched.
import { Fault } from '../../runtime/fault.ts'
import { escapeText } from '../../runtime/escape.ts'
import { appliedTo, Replay } from '../../runtime/durable/replay.ts'
import { recordsOf } from '../journal/records-of.ts'
import { recordUnknown } from './journal-show.ts'
import type { ActorDefinition } from '../../runtime/definition.ts'
import type { JournalRecord } from '../../runtime/journal.ts'
import type { Commit } from '../../runtime/commit.ts'
import type { Archive } from '../journal/archive.ts'
import type { Ground } from './ground.ts'

/** Whose past it is, and what it is made with. */
export interface PastOf {
  readonly id: string
  readonly definition: ActorDefinition
  /** What the state factory is given. */
  readonly args: readonly unknown[]
}

/** One record as it was applied. */
export interface Step {
  readonly record: JournalRecord
  readonly commit: Commit
}

/**
 * Finds out what an actor is an actor of: one that lives here says so itself; of any other its definition is named, or it stands at the
 * head of an entity's path.
 * @throws {Fault} `definition-unknown` `argument-missing` nothing says it
 */
export function pastOf(ground: Ground, id: string, name: string | undefined, attempt: string): PastOf {
  const cell = ground.runtime.cellAt(id)
  if (name !== undefined) return { id, definition: ground.definitions.get(name), args: cell?.args ?? [] }
  if (cell !== undefined) return { id, definition: cell.definition, args: cell.args }
  const [family = '', ...key] = id.split('/')
  const entity = ground.definitions.find(family)
  if (entity !== undefined && key.length > 0) return { id, definition: entity, args: [key.join('/')] }
  throw new Fault(
    'argument-missing',
    `Cannot ${attempt}: it does not live in this thread, and DEFINITION is missing`,
    {
      hint: 'Name its definition with --definition; "definitions" lists them.',
    },
  )
}

/** One actor's past, gone through record by record. */
export class Past {
  readonly #archive: Archive
  readonly #of: PastOf
  #replay: Replay
  #seq = 0

  constructor(archive: Archive, of: PastOf) {
    this.#archive = archive
    this.#of = of
    this.#replay = new Replay(of, freshState(of))
  }

  get state(): unknown {
    return this.#replay.state
  }

  /** Number of the last record that was applied. */
  get seq(): number {
    return this.#seq
  }

  /**
   * Goes through all records that have anything to do with the state at `to` or before; whoever iterates applies each.
   * @throws {Fault} `record-unknown` there are none, or the first that is kept comes later
   */
  async *steps(to: number): AsyncGenerator<Step, void, void> {
    const { journal, codec } = this.#archive
    const { id } = this.#of
    for await (const record of recordsOf(journal, id, 1)) {
      if (record.seq > to) break
      const isBase = record.kind !== 'commit'
      if (this.#seq === 0 && record.seq > 1 && !isBase) continue
      yield { record, commit: record.body.byteLength === 0 ? {} : codec.decode(record.body) }
    }
    if (this.#seq === 0) throw await recordUnknown(this.#archive, id, Math.max(1, to === Infinity ? 1 : to))
  }

  /** Applies a record. @throws {Fault} those of a recovery */
  apply({ record, commit }: Step): void {
    const { kind, seq } = record
    // A snapshot says what has been applied already; the first record may be one.
    if (kind === 'snapshot' && this.#seq >= seq) return
    if (kind !== 'commit') this.#replay = new Replay(this.#of, freshState(this.#of))
    this.#replay.take(kind, seq, commit)
    this.#seq = seq
  }

  /** Applies a record event by event, and calls back after each. */
  applyEach({ record, commit }: Step, seen: (index: number) => void): void {
    const { events = [], ...rest } = commit
    this.apply({ record, commit: rest })
    for (const [index, event] of events.entries()) {
      this.#replay.state = appliedTo(this.#replay.state, this.#of, record.seq, event)
      seen(index)
    }
  }
}

/** @throws {Fault} `start-failed` the state factory threw */
function freshState({ id, definition, args }: PastOf): unknown {
  try {
    return definition.spec.state?.(...args)
  } catch (error) {
    throw Fault.wrap(error, 'start-failed', `Cannot make the state of "${escapeText(id, 120)}" again`)
  }
}
