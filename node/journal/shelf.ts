// A shelf: the records of one actor in a memory journal, and who may add to them.
import { conflicting, fenced } from './refused-append.ts'
import { snapshotsKeptMax } from './index/head.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Append, JournalHead, JournalRecord } from '../../runtime/journal.ts'

export class Shelf {
  readonly id: string
  /** The highest epoch that has claimed it. */
  epoch: number = 0
  /** The epoch that may append; undefined once its owner has ended, or does not know what was kept. */
  owner: number | undefined = undefined
  /** Number of the last record. */
  seq: number = 0
  wakeMs: number = Infinity
  #atMs = 0
  #snapshotSeq = 0
  /** Number of the last end; nothing up to it comes back. */
  #endSeq = 0
  /** By number, a snapshot behind its commit. */
  readonly #records: JournalRecord[] = []
  /** Those among them. */
  #snapshots: readonly JournalRecord[] = []

  constructor(id: string) {
    this.id = id
  }

  /** Why a record is not the next one of its owner; undefined if it is. */
  flaw(append: Append): Fault | undefined {
    const { epoch, seq, kind } = append
    if (epoch !== this.owner) return fenced(append, this.owner)
    const isNext = kind === 'snapshot' ? seq <= this.seq && seq > this.#endSeq : seq === this.seq + 1
    return isNext ? undefined : conflicting(append, this.seq)
  }

  /** The records that are dropped for one that is the next. What recovery begins with is never dropped, whatever its owner says. */
  dropped({ kind, seq, keepFrom }: Append): readonly JournalRecord[] {
    const start = kind === 'commit' ? this.#snapshotSeq : Math.max(this.#snapshotSeq, seq)
    const before = kind === 'end' ? seq : Math.min(keepFrom ?? 0, start)
    const first = this.#records.slice(0, this.#firstAt(before))
    return kind === 'snapshot' ? [...first, ...this.#superseded(seq, before)] : first
  }

  /** Adds a record that is the next one, in the place of those that are dropped for it. */
  add(record: JournalRecord, wakeMs: number | undefined, dropped: readonly JournalRecord[]): void {
    const { kind, seq, atMs } = record
    this.#drop(dropped)
    if (kind === 'snapshot') this.#snapshots = [...this.#snapshots, record]
    const behind = kind === 'snapshot' ? this.#records.findLastIndex((one) => one.seq <= seq) : Infinity
    this.#records.splice(behind + 1, 0, record)
    this.seq = Math.max(this.seq, seq)
    this.#atMs = atMs
    if (kind === 'end') {
      this.#endSeq = seq
      this.#snapshotSeq = 0
      this.wakeMs = Infinity
      return
    }
    if (kind !== 'commit') this.#snapshotSeq = Math.max(this.#snapshotSeq, seq)
    if (wakeMs !== undefined) this.wakeMs = wakeMs
  }

  /** What recovery reads: from the newest snapshot or whole record on, nothing before an end. */
  recovery(): JournalRecord[] {
    const start = this.#records.findLastIndex(({ kind }) => kind !== 'commit')
    const isEnd = this.#records[start]?.kind === 'end'
    return this.#records.slice(isEnd ? start + 1 : Math.max(start, 0))
  }

  read(fromSeq: number, countMax: number): JournalRecord[] {
    const start = this.#firstAt(fromSeq)
    return this.#records.slice(start, start + Math.max(countMax, 0))
  }

  /** Undefined of one that has no records yet. */
  head(): JournalHead | undefined {
    const [first] = this.#records
    if (first === undefined) return undefined
    return {
      id: this.id,
      firstSeq: first.seq,
      seq: this.seq,
      epoch: this.epoch,
      atMs: this.#atMs,
      snapshotSeq: this.#snapshotSeq,
      isEnded: this.#endSeq === this.seq,
      wakeMs: this.wakeMs,
    }
  }

  /** Snapshots from a number on that are not needed any more when there is one at another number. */
  #superseded(seq: number, from: number): readonly JournalRecord[] {
    const numbers = new Set([seq, ...this.#snapshots.map((one) => one.seq)])
    const kept = new Set([...numbers].toSorted((a, b) => b - a).slice(0, snapshotsKeptMax))
    return this.#snapshots.filter((one) => one.seq >= from && (one.seq === seq || !kept.has(one.seq)))
  }

  #drop(dropped: readonly JournalRecord[]): void {
    let count = 0
    while (count < dropped.length && dropped[count] === this.#records[count]) count++
    this.#records.splice(0, count)
    for (const one of dropped.slice(count))
      this.#records.splice(this.#records.indexOf(one, this.#firstAt(one.seq)), 1)
    if (dropped.length > 0) this.#snapshots = this.#snapshots.filter((one) => !dropped.includes(one))
  }

  /** The place of the first record from a number on, or the end. */
  #firstAt(seq: number): number {
    let low = 0
    let high = this.#records.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#records[middle]?.seq ?? Infinity) < seq) low = middle + 1
      else high = middle
    }
    return low
  }
}
