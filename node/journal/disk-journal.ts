// A disk journal: a Journal whose records are in a log of files, with an index beside it that is made from the log.
import { Fault } from '../../runtime/fault.ts'
import { Compacting } from './compacting.ts'
import { Reading } from './reading.ts'
import { Recovery } from './recovery.ts'
import { Verifier } from './verifier.ts'
import { closed, fenced, shown, tooLarge } from './refused-append.ts'
import { tailBytesMax } from './tail.ts'
import type {
  Append,
  Claim,
  FeedOptions,
  FeedPage,
  Journal,
  JournalHead,
  JournalRecord,
} from '../../runtime/journal.ts'
import type { Checkpointing } from './checkpointing.ts'
import type { Clock } from '../../runtime/clock.ts'
import type {
  CompactReport,
  JournalFinding,
  JournalSizes,
  JournalUpkeep,
  UpkeepOptions,
  VerifyReport,
} from './upkeep.ts'
import type { Damage } from './damage.ts'
import type { DiskLock } from '../../runtime/disk.ts'
import type { Findings } from './findings.ts'
import type { Gate } from './gate.ts'
import type { Log } from './log/log.ts'
import type { Owner, Owners } from './owners.ts'
import type { RecordIndex } from './index/record-index.ts'
import type { Repair } from './repair.ts'
import type { Trial } from './trial.ts'
import type { Tail, TailRecord } from './tail.ts'

type Done = (fault: Fault | undefined) => void

/** What an opening has made ready. */
export interface DiskJournalParts {
  readonly clock: Clock
  readonly lock: DiskLock
  readonly trial: Trial
  readonly log: Log
  readonly index: RecordIndex
  readonly owners: Owners
  readonly tail: Tail
  readonly gate: Gate
  readonly damage: Damage
  readonly repair: Repair
  readonly checkpointing: Checkpointing
  readonly checkpointBytes: number
  readonly findings: Findings
  /** Takes the closed index away, so that the next opening makes it anew. */
  readonly discardIndex: () => Promise<void>
  readonly compactBytes?: number | undefined
}

export class DiskJournal implements Journal, JournalUpkeep {
  readonly #parts: DiskJournalParts
  readonly #log: Log
  readonly #owners: Owners
  readonly #tail: Tail
  readonly #recovery: Recovery
  readonly #reading: Reading
  readonly #compacting: Compacting
  readonly #listeners = new Set<() => void>()
  readonly #checkpointBytes: number
  readonly #tip = (): number => this.#log.tip
  #closing: Promise<void> | undefined = undefined

  constructor(parts: DiskJournalParts) {
    this.#parts = parts
    this.#log = parts.log
    this.#owners = parts.owners
    this.#tail = parts.tail
    this.#checkpointBytes = parts.checkpointBytes
    const indexedUpTo = (): number => parts.checkpointing.position
    this.#recovery = new Recovery({ ...parts, indexedUpTo })
    this.#reading = new Reading({ ...parts, indexedUpTo })
    this.#compacting = new Compacting({ ...parts, tip: this.#tip })
    parts.checkpointing.onMade = () => this.#compacting.consider()
    parts.log.onSafe = () => {
      for (const listener of this.#listeners) listener()
    }
  }

  get tip(): number {
    return this.#log.tip
  }

  get findings(): readonly JournalFinding[] {
    return this.#parts.findings.list
  }

  async recover(
    id: string,
    epoch: number | undefined,
    take: (records: readonly JournalRecord[]) => void,
  ): Promise<Claim> {
    this.#checkOpen(`recover "${id}"`)
    return this.#recovery.recover(id, epoch, take)
  }

  append(append: Append, done: Done): void {
    const owner = this.#owners.get(append.id)
    const flaw = this.#flaw(owner, append)
    if (flaw !== undefined || owner === undefined) {
      this.#log.tell(() => done(flaw))
      return
    }
    const record = this.#tail.take(append)
    if (owner.records.length === 0) this.#owners.markDirty(owner)
    owner.send(record)
    const position = this.#log.append(append, (fault) => this.#settle(owner, record, fault, done))
    record.position = position === 0 ? Infinity : position
    // Refused already, though nobody is told before his turn: the next one has its number.
    if (position === 0) owner.undo(record, 'known')
  }

  release(id: string, epoch: number): void {
    this.#owners.release(id, epoch)
  }

  async read(id: string, fromSeq: number, countMax: number): Promise<readonly JournalRecord[]> {
    this.#checkOpen(`read the records of "${id}"`)
    return this.#reading.read(id, fromSeq, countMax)
  }

  async feed(from: number, options: FeedOptions): Promise<FeedPage> {
    this.#checkOpen('read the journal')
    return this.#reading.feed(from, options)
  }

  onTip(listener: () => void): () => void {
    // Each call is one listener, whatever function it brings.
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  async heads(after: string | undefined, countMax: number): Promise<readonly JournalHead[]> {
    this.#checkOpen('list the journal')
    return this.#reading.heads(after, countMax)
  }

  async wakes(
    untilMs: number,
    countMax: number,
  ): Promise<readonly { readonly id: string; readonly wakeMs: number }[]> {
    this.#checkOpen('read what is due')
    return this.#reading.wakes(untilMs, countMax)
  }

  sizes(): JournalSizes {
    const { bytes, segments } = this.#log
    const { droppableBytes } = this.#parts.checkpointing
    const compactions = this.#compacting.counts
    return {
      logBytes: bytes,
      segments: segments.length,
      tailBytes: this.#tail.bytes,
      droppableBytes,
      compactions,
    }
  }

  async verify(options: UpkeepOptions): Promise<VerifyReport> {
    this.#checkOpen('verify the journal')
    return new Verifier({ ...this.#parts, tip: this.#tip }).run(options)
  }

  async compact(options: UpkeepOptions): Promise<CompactReport> {
    this.#checkOpen('compact the journal')
    return this.#compacting.compact(options)
  }

  async acceptLoss(): Promise<void> {
    this.#checkOpen('accept a loss')
    const { gate, damage, checkpointing } = this.#parts
    await gate.run(async () => {
      await damage.accept(Math.max(this.#log.tip - 1, damage.suspectUntil))
      await checkpointing.note()
    })
  }

  close(): Promise<void> {
    this.#closing ??= this.#end()
    return this.#closing
  }

  async #end(): Promise<void> {
    this.#compacting.close()
    try {
      await this.#log.close()
    } finally {
      await this.#leave()
    }
  }

  /** Leaves the folder to the next one. */
  async #leave(): Promise<void> {
    const { checkpointing, discardIndex, gate, index, lock, repair, trial } = this.#parts
    // What the index does not have is read from the log at the next opening.
    await checkpointing.run(this.#tip).catch(() => {})
    await gate.run(() => checkpointing.end(this.#log.tip - 1)).catch(() => {})
    await gate
      .shut(
        () => index.close(),
        () => closed('read the journal'),
      )
      .catch(() => {})
    // With a hole in the log, the index may have what nobody else has.
    const isDistrusted = repair.hasFailed || gate.hasFoundDamage
    if (isDistrusted && this.#log.findings.holes.length === 0) await discardIndex()
    await trial.end()
    await lock.release()
  }

  #flaw(owner: Owner | undefined, append: Append): Fault | undefined {
    if (this.#closing !== undefined) return closed(`keep ${shown(append)}`)
    const large = tooLarge(append)
    if (large !== undefined) return large
    const flaw = owner === undefined ? fenced(append, undefined) : owner.flaw(append)
    if (flaw !== undefined || this.#tail.bytes < tailBytesMax) return flaw
    this.#parts.checkpointing.start(this.#tip)
    return new Fault(
      'journal-busy',
      `Cannot keep ${shown(append)}: ${this.#tail.bytes} of ${tailBytesMax} bytes wait for the index`,
      {
        hint: 'Try again when records before it are in the index, and look after the disk if they do not get there.',
        details: { id: append.id, tailBytes: this.#tail.bytes },
        ...(this.#parts.checkpointing.failure === undefined
          ? {}
          : { cause: this.#parts.checkpointing.failure }),
      },
    )
  }

  #settle(owner: Owner, record: TailRecord, fault: Fault | undefined, done: Done): void {
    if (fault !== undefined) {
      this.#tail.drop(record.size)
      this.#tail.untag(record)
    }
    try {
      owner.settle(record, fault)
      if (fault !== undefined) this.#owners.forgetIdle(owner)
      done(fault)
    } finally {
      if (this.#tail.bytes >= this.#checkpointBytes) this.#parts.checkpointing.start(this.#tip)
    }
  }

  #checkOpen(attempt: string): void {
    if (this.#closing !== undefined) throw closed(attempt)
  }
}
