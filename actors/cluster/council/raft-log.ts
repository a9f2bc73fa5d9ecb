// A log: the entries that this node holds behind its last snapshot, who votes by them, and what of them is safe.
import { invariant } from '../../../runtime/invariant.ts'
import { decodeVoters, entryBytes } from './entry.ts'
import type { Entry } from './entry.ts'
import type { Snapshot } from './snapshot.ts'

/** Entries before a snapshot that are kept, so that those who are a little behind need not be sent a snapshot. */
export const trailingEntriesMax = 1_024

export interface LogStart {
  readonly snapshot: Snapshot | undefined
  /** The place before the first entry. */
  readonly base: { readonly index: number; readonly term: number }
  readonly entries: readonly Entry[]
}

interface VotersAt {
  readonly index: number
  readonly voters: readonly number[]
}

export class RaftLog {
  #base: { readonly index: number; readonly term: number }
  #entries: Entry[]
  /** Bytes of all entries up to each one. */
  #sums: number[] = []
  #voters: VotersAt[]
  #snapshot: Snapshot | undefined
  /** Rule 4: the last entry that is safe on this node's disk. */
  stable: number

  constructor(start: LogStart) {
    this.#base = start.base
    this.#entries = []
    this.#snapshot = start.snapshot
    this.#voters = [{ index: start.snapshot?.index ?? 0, voters: start.snapshot?.voters ?? [] }]
    for (const entry of start.entries) this.append(entry)
    this.stable = this.lastIndex
  }

  get base(): { readonly index: number; readonly term: number } {
    return this.#base
  }
  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }
  get lastIndex(): number {
    return this.#base.index + this.#entries.length
  }
  get lastTerm(): number {
    return this.#entries.at(-1)?.term ?? this.#base.term
  }
  /** Rule 27: the last list in the log counts, decided or not. */
  get voters(): readonly number[] {
    return this.#voters.at(-1)?.voters ?? []
  }
  /** Who voted by the entries up to an index that is not before the snapshot. */
  votersAt(index: number): readonly number[] {
    return this.#voters.findLast((list) => list.index <= index)?.voters ?? []
  }
  /** Where that list stands. */
  get votersIndex(): number {
    return this.#voters.at(-1)?.index ?? 0
  }
  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** @returns undefined where the log has nothing, or nothing any more */
  term(index: number): number | undefined {
    if (index === this.#base.index) return this.#base.term
    return this.#entries[index - this.#base.index - 1]?.term
  }

  entry(index: number): Entry | undefined {
    return this.#entries[index - this.#base.index - 1]
  }

  /** Entries from an index on, up to another one and to a number of bytes, but one at least if there is one. */
  slice(from: number, to: number, bytesMax: number): Entry[] {
    const start = from - this.#base.index - 1
    const last = Math.min(to, this.lastIndex) - this.#base.index
    const bytesBefore = this.#sums[start - 1] ?? 0
    let end = start
    while (end < last && (end === start || (this.#sums[end] ?? 0) - bytesBefore <= bytesMax)) end++
    return this.#entries.slice(start, end)
  }

  /** Bytes of the entries behind an index. */
  bytesBehind(index: number): number {
    const all = this.#sums.at(-1) ?? 0
    return all - (this.#sums[index - this.#base.index - 1] ?? 0)
  }

  /** The last index up to which an entry has no higher term than the one given, looking down from an index. */
  lastNotAbove(index: number, term: number): number {
    let at = Math.min(index, this.lastIndex)
    while (at > this.#base.index && (this.term(at) ?? 0) > term) at--
    return at
  }

  append(entry: Entry): void {
    invariant(entry.index === this.lastIndex + 1, 'The log was given an entry that does not follow its last')
    invariant(entry.term >= this.lastTerm, 'The log was given an entry of a lower term than its last')
    this.#entries.push(entry)
    this.#sums.push((this.#sums.at(-1) ?? 0) + entryBytes(entry))
    if (entry.kind !== 'voters' || entry.index <= (this.#snapshot?.index ?? 0)) return
    const voters = decodeVoters(entry.data)
    invariant(voters !== undefined, 'An entry of the log says who votes in a way that cannot be read')
    this.#voters.push({ index: entry.index, voters })
  }

  /** Takes away the entries from an index on. The caller knows that none of them is decided. */
  truncate(from: number): void {
    const kept = from - this.#base.index - 1
    invariant(kept >= 0, 'The log was cut before its first entry')
    this.#entries.length = Math.min(this.#entries.length, kept)
    this.#sums.length = this.#entries.length
    while (this.#voters.length > 1 && this.votersIndex >= from) this.#voters.pop()
    this.stable = Math.min(this.stable, from - 1)
  }

  /** Puts a snapshot of what was applied here in the place of entries, but for the last ones before it. */
  compact(snapshot: Snapshot): void {
    invariant(
      this.term(snapshot.index) === snapshot.term,
      'A snapshot was made of another log than the one that is here',
    )
    const base = Math.max(this.#base.index, snapshot.index - trailingEntriesMax)
    const term = this.term(base)
    invariant(term !== undefined, 'The log does not know the term of an entry that it keeps')
    this.#dropTo({ index: base, term })
    this.#setSnapshot(snapshot)
  }

  /** Takes a leader's snapshot. Rule 33: entries behind it stay only if the log has the very entry that the snapshot ends with. */
  install(snapshot: Snapshot): void {
    const isSame = this.term(snapshot.index) === snapshot.term
    if (!isSame) {
      this.#entries = []
      this.#sums = []
      this.#voters = []
      this.#base = { index: snapshot.index, term: snapshot.term }
      this.stable = 0
    }
    this.#setSnapshot(snapshot)
  }

  #setSnapshot(snapshot: Snapshot): void {
    this.#snapshot = snapshot
    this.#voters = [
      { index: snapshot.index, voters: snapshot.voters },
      ...this.#voters.filter(({ index }) => index > snapshot.index),
    ]
  }

  #dropTo(base: { readonly index: number; readonly term: number }): void {
    const dropped = base.index - this.#base.index
    const bytes = this.#sums[dropped - 1] ?? 0
    this.#entries = this.#entries.slice(dropped)
    this.#sums = this.#sums.slice(dropped).map((sum) => sum - bytes)
    this.#base = base
  }
}
