// A record writer: makes bytes of an actor's commits and appends them under its claim.
import type { Cell } from '../cell.ts'
import type { Commit, JournalEvent } from '../commit.ts'
import type { Durability } from './durable-life.ts'
import type { Fault } from '../fault.ts'
import type { RecordKind } from '../journal.ts'

/** One record. */
export interface Written {
  readonly kind: RecordKind
  readonly seq: number
  readonly commit: Commit
  readonly keepFrom: number | undefined
  readonly wakeMs: number | undefined
}

const noTags: readonly string[] = Object.freeze([])

export class RecordWriter {
  readonly id: string
  readonly epoch: number
  readonly #cell: Cell
  readonly #durability: Durability

  constructor(cell: Cell, durability: Durability, epoch: number) {
    this.id = cell.path
    this.epoch = epoch
    this.#cell = cell
    this.#durability = durability
  }

  /** @throws {Fault} `payload-unencodable` `payload-too-large` nothing was appended */
  write(record: Written, done: (fault: Fault | undefined) => void): void {
    const { journal, codec } = this.#durability
    const { kind, seq, commit, keepFrom, wakeMs } = record
    const body = codec.encode(commit, `keep record ${seq} of "${this.id}"`)
    const atMs = this.#cell.host.clock.wall()
    const tags = this.#tagsOf(commit.events)
    const { id, epoch } = this
    // All fields, always: objects of one shape are made and read quickly.
    journal.append({ id, epoch, seq, kind, atMs, body, tags, keepFrom, wakeMs }, done)
  }

  release(): void {
    this.#durability.journal.release(this.id, this.epoch)
  }

  #tagsOf(events: readonly JournalEvent[] | undefined): readonly string[] {
    const { tags } = this.#cell.definition.spec
    if (tags === undefined || events === undefined) return noTags
    if (typeof tags !== 'function') return tags
    return [...new Set(events.flatMap(([name, payload]) => tags(name, payload)))]
  }
}
