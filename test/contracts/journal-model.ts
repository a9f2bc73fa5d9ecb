// The model of a journal: what every one of them must come to, in as few words as possible; nothing in it takes time or is ever dropped.
import type { Append, JournalRecord } from '../../runtime/journal.ts'

type Kept = Omit<JournalRecord, 'position'>

export class JournalModel {
  readonly #actors = new Map<string, ModelActor>()

  at(id: string): ModelActor {
    const actor = this.#actors.get(id) ?? new ModelActor()
    this.#actors.set(id, actor)
    return actor
  }

  /** Those that have records, in the order of their names. */
  get ids(): string[] {
    const ids = [...this.#actors.keys()].filter((id) => this.at(id).seq > 0)
    return ids.toSorted()
  }
}

export class ModelActor {
  readonly records: Kept[] = []
  owner: number | undefined = undefined
  wakeMs = Infinity

  get seq(): number {
    return this.records.findLast(({ kind }) => kind !== 'snapshot')?.seq ?? 0
  }

  get isEnded(): boolean {
    return this.records.at(-1)?.kind === 'end'
  }

  /** Where recovery begins in `records`. */
  get start(): number {
    const index = this.records.findLastIndex(({ kind }) => kind !== 'commit')
    return this.records[index]?.kind === 'end' ? index + 1 : Math.max(index, 0)
  }

  /** Behind the last end. */
  get firstSeq(): number {
    return (this.records.findLast(({ kind }) => kind === 'end')?.seq ?? 0) + 1
  }

  get snapshotSeq(): number {
    const first = this.records[this.start]
    return first === undefined || first.kind === 'commit' ? 0 : first.seq
  }

  get recovery(): readonly Kept[] {
    return this.records.slice(this.start)
  }

  /** The code that the append is refused with, if it is. */
  append({ keepFrom: _, wakeMs, ...record }: Append): string | undefined {
    if (record.epoch !== this.owner) return 'journal-fenced'
    const isNext = record.kind === 'snapshot' ? record.seq <= this.seq : record.seq === this.seq + 1
    if (!isNext) return 'journal-conflict'
    // A snapshot may be older than the last record.
    this.records.splice(this.records.findLastIndex(({ seq }) => seq <= record.seq) + 1, 0, record)
    if (record.kind === 'end') this.wakeMs = Infinity
    else this.wakeMs = wakeMs ?? this.wakeMs
    return undefined
  }
}
