// The log: all records of a node's journal in the order in which they became safe, in segments of one folder.
import { closed } from '../refused-append.ts'
import { invariant } from '../../../runtime/invariant.ts'
import { checkIdentity } from './identity-file.ts'
import { Compaction } from './compaction.ts'
import { GroupCommit } from './group-commit.ts'
import { LogReader } from './log-reader.ts'
import { Opening } from './opening.ts'
import { segmentBytesMax, segmentNumber } from './layout.ts'
import { Turns } from './turns.ts'
import type { Append } from '../../../runtime/journal.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { CompactionOptions, CompactionOutcome } from './compaction.ts'
import type { Done } from './group.ts'
import type { DurableDisk } from '../../../runtime/disk.ts'
import type { LogFindings, StoredRecord } from './stored-record.ts'
import type { LogIdentity } from './segment-header.ts'
import type { LogOpening } from './opening.ts'
import type { LogPage } from './log-reader.ts'
import type { LogTail, TailParts } from './log-tail.ts'
import type { Segment } from './segment.ts'

export interface LogParts {
  readonly disk: DurableDisk
  /** Whoever opens the log holds the lock on it. */
  readonly folder: string
  readonly identity: LogIdentity
  readonly clock: Clock
  /** Bytes of a segment before the next one is begun. Default and most: `segmentBytesMax`. */
  readonly segmentBytes?: number
}

/** Knows positions, not actors: numbers and epochs are checked by those who append. */
export class Log {
  /** What the opening found. */
  readonly findings: LogFindings
  readonly #parts: TailParts
  readonly #tail: LogTail
  readonly #commit: GroupCommit
  readonly #reader: LogReader
  readonly #turns = new Turns()
  readonly #life = new AbortController()
  #compaction: Promise<unknown> | undefined

  /**
   * @throws {Fault} `journal-newer` `journal-foreign` `journal-damaged` the folder is not this node's, or not to be read by this program
   * @throws {Fault} `disk-failed`, and what `replay` throws
   */
  static async open(parts: LogParts, opening: LogOpening): Promise<Log> {
    const { disk, folder, identity, clock, segmentBytes = segmentBytesMax } = parts
    const logFolder = `${folder}/log`
    await disk.makeFolder(logFolder)
    const names = await disk.names(logFolder)
    const hasSegments = names.some((name) => segmentNumber(name) !== undefined)
    await checkIdentity(disk, folder, identity, hasSegments)
    const tailParts: TailParts = { disk, folder: logFolder, identity, segmentBytes, segments: [] }
    const opened = new Opening(tailParts, opening)
    const tail = await opened.run()
    return new Log(tailParts, tail, { clock, findings: opened.findings })
  }

  private constructor(
    parts: TailParts,
    tail: LogTail,
    { clock, findings }: { readonly clock: Clock; readonly findings: LogFindings },
  ) {
    this.#parts = parts
    this.#tail = tail
    this.#commit = new GroupCommit(clock, tail)
    this.#reader = new LogReader({ ...parts, turns: this.#turns })
    this.findings = findings
  }

  /** Position behind the last safe record. */
  get tip(): number {
    return this.#tail.tip
  }

  get segments(): readonly Pick<
    Segment,
    'file' | 'firstPosition' | 'endPosition' | 'bytes' | 'isCompacted'
  >[] {
    return this.#parts.segments
  }

  /** Of all segments, as far as they are safe. */
  get bytes(): number {
    return this.#parts.segments.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Called after each group that became safe, with its positions [from, to), before those who appended are told. */
  get onSafe(): (from: number, to: number) => void {
    return this.#commit.onSafe
  }

  set onSafe(listener: (from: number, to: number) => void) {
    this.#commit.onSafe = listener
  }

  /**
   * Queues a record for the next group; its body is copied before this returns. `done` is called once, never within this call, in the order of
   * the calls. When a group fails, all that waits is refused with it, and their positions are given again.
   * Faults: `record-too-large` `journal-busy` `journal-full` `journal-closed` nothing was kept · `journal-failed`
   * @returns its position; 0 if it is refused at once
   */
  append(append: Append, done: Done): number {
    return this.#commit.append(append, done)
  }

  /** Calls back once, never within this call, when all have been told that have appended before. */
  tell(call: () => void): void {
    this.#commit.tell(call)
  }

  /**
   * Reads safe records from a position on, at most `countMax`, in order. What cannot be read is passed over and named.
   * @throws {Fault} `journal-closed` `disk-failed`
   */
  async read(from: number, countMax: number): Promise<LogPage> {
    if (this.#life.signal.aborted) throw closed('read records')
    return this.#reader.read(from, countMax)
  }

  /**
   * Writes closed segments anew without the records that `isKept` says no to; the others keep their positions. One at a time.
   * @param isKept called twice for a record, perhaps with different answers; it stays only after two times yes
   * @throws {Fault} `journal-closed` `disk-failed`, and the signal's reason
   */
  async compact(
    isKept: (record: StoredRecord) => boolean,
    options: CompactionOptions,
  ): Promise<CompactionOutcome> {
    this.#life.signal.throwIfAborted()
    invariant(this.#compaction === undefined, 'A log was compacted twice at once')
    const { signal = this.#life.signal } = options
    const either = { ...options, signal: AbortSignal.any([this.#life.signal, signal]) }
    const running = new Compaction({ ...this.#parts, turns: this.#turns }, isKept, either).run()
    this.#compaction = running.catch(() => {})
    try {
      return await running
    } finally {
      this.#compaction = undefined
    }
  }

  /** Lets what was appended become safe; a compaction is given up. */
  async close(): Promise<void> {
    this.#life.abort(closed('compact the log'))
    const committed = this.#commit.close()
    await this.#compaction
    await committed
  }
}
