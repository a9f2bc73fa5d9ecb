// Owners: who may append the records of which actor, what number comes next, and what of it is not in the index yet.
import { invariant } from '../../runtime/invariant.ts'
import { conflicting, fenced } from './refused-append.ts'
import { advance, newHead } from './index/head.ts'
import type { Fault, FaultOutcome } from '../../runtime/fault.ts'
import type { Append } from '../../runtime/journal.ts'
import type { Head } from './index/head.ts'
import type { TailRecord } from './tail.ts'

/** One actor that is claimed, or has records in the tail. */
export class Owner {
  readonly id: string
  /** The highest epoch that has claimed it in this process; 0 if none has. */
  epoch = 0
  /** The epoch that may append; undefined once its owner has ended, or does not know what was kept. */
  claimed: number | undefined = undefined
  /** Number of the last record, on its way to the log or there. */
  seq = 0
  /** Its head in the table, null if there is none, undefined if that is not known. */
  stored: Head | null | undefined = undefined
  /** Those that the table does not have, by their positions. */
  records: TailRecord[] = []
  /** How many of them are not safe yet. */
  pending = 0
  /** How many are about to claim it. */
  claimants = 0
  readonly #waiting: (() => void)[] = []

  constructor(id: string) {
    this.id = id
  }

  /** Why a record is not the next one of its owner; undefined if it is. */
  flaw(append: Append): Fault | undefined {
    const { epoch, seq, kind } = append
    if (epoch !== this.claimed) return fenced(append, this.claimed)
    const isNext = kind === 'snapshot' ? seq <= this.seq && seq > 0 : seq === this.seq + 1
    return isNext ? undefined : conflicting(append, this.seq)
  }

  /** A record is on its way to the log. */
  send(record: TailRecord): void {
    this.pending++
    this.records.push(record)
    if (record.kind !== 'snapshot') this.seq = record.seq
  }

  /** A record has become safe, or was refused. */
  settle(record: TailRecord, fault: Fault | undefined): void {
    this.pending--
    invariant(this.pending >= 0, 'A record became safe twice')
    if (fault !== undefined) this.undo(record, fault.outcome)
    if (this.pending > 0 || this.#waiting.length === 0) return
    for (const resolve of this.#waiting.splice(0)) resolve()
  }

  /** Waits until all that was appended is safe or refused. */
  settled(): Promise<void> {
    if (this.pending === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Those up to a position, which have become safe. */
  safeRecords(upTo: number): readonly TailRecord[] {
    const { records } = this
    const last = records.at(-1)
    if (last === undefined || last.position <= upTo) return records
    return records.slice(
      0,
      records.findIndex(({ position }) => position > upTo),
    )
  }

  /** Its head with all records up to a position. What the table has must be known. */
  head(upTo: number): Head {
    return this.headWithGaps(upTo).head
  }

  /** The same, with how many numbers are missing among those records. */
  headWithGaps(upTo: number): { readonly head: Head; readonly missing: number } {
    const head = this.stored ? { ...this.stored } : newHead()
    let missing = 0
    for (const record of this.safeRecords(upTo)) missing += advance(head, record)
    return { head, missing }
  }

  /** A record was refused: what comes next is what came next before it. */
  undo(record: TailRecord, outcome: FaultOutcome): void {
    const place = this.records.lastIndexOf(record)
    // Undone before: another one may have its number by now.
    if (place < 0) return
    this.records.splice(place, 1)
    if (outcome === 'unknown') this.claimed = undefined
    else if (record.kind !== 'snapshot') this.seq = Math.min(this.seq, record.seq - 1)
  }
}

/** All owners of a journal. Those that have neither a claim nor records are forgotten; no epoch of theirs is given again. */
export class Owners {
  readonly #byId = new Map<string, Owner>()
  /** With records that the table does not have. */
  readonly #dirty = new Set<Owner>()
  /** The highest epoch that anybody has claimed. */
  #highest: number
  /** No epoch up to this one is given to an owner that this process does not know. */
  #forgottenEpoch: number

  /** @param claimed the highest epoch that anybody had claimed in a process before */
  constructor(claimed = 0) {
    this.#highest = this.#forgottenEpoch = claimed
  }

  get highestEpoch(): number {
    return this.#highest
  }

  get(id: string): Owner | undefined {
    return this.#byId.get(id)
  }

  orNew(id: string): Owner {
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const owner = new Owner(id)
    this.#byId.set(id, owner)
    return owner
  }

  /** Has to be said when an owner gets its first record. */
  markDirty(owner: Owner): void {
    this.#dirty.add(owner)
  }

  get dirty(): ReadonlySet<Owner> {
    return this.#dirty
  }

  /** The lowest epoch that may claim an actor now. */
  nextEpoch(owner: Owner): number {
    const floor = owner.epoch === 0 ? this.#forgottenEpoch : 0
    return Math.max(owner.epoch, owner.stored?.epoch ?? 0, floor, owner.records.at(-1)?.epoch ?? 0) + 1
  }

  claim(owner: Owner, epoch: number, seq: number): void {
    owner.epoch = owner.claimed = epoch
    owner.seq = seq
    this.#highest = Math.max(this.#highest, epoch)
  }

  release(id: string, epoch: number): void {
    const owner = this.#byId.get(id)
    if (owner === undefined || owner.claimed !== epoch) return
    owner.claimed = undefined
    this.forgetIdle(owner)
  }

  /** Forgets an owner that nobody needs any more. */
  forgetIdle(owner: Owner): void {
    if (owner.records.length > 0) return
    this.#dirty.delete(owner)
    if (owner.claimed !== undefined || owner.pending > 0 || owner.claimants > 0) return
    // Of a claim without a record no file knows.
    if (owner.epoch > (owner.stored?.epoch ?? 0))
      this.#forgottenEpoch = Math.max(this.#forgottenEpoch, owner.epoch)
    this.#byId.delete(owner.id)
  }
}
