// Upkeep of a journal: what is done to one as a whole, by people and programs of theirs, besides the contract that actors use.
import type { CancelSignal } from '../../runtime/cancel-signal.ts'

/** Things found that are kept and told one by one; of more only the number is. */
export const findingsMax = 1_000

/**
 * What has been found where the journal should have been whole:
 * `tail-cut` the end of the log was torn and has been cut off · `hole` bytes in the log that are not what was written, with valid records
 * behind them · `actor` records of an actor are missing, cannot be read, or cannot be proven whole · `index` the index was lost or not to
 * be trusted, and has been made anew from the log, or differs from it · `compaction` one in the background has failed, the log is as whole
 * as it was.
 */
export type FindingKind = 'tail-cut' | 'hole' | 'actor' | 'index' | 'compaction'

export interface JournalFinding {
  readonly kind: FindingKind
  /** Something that was safe is gone or cannot be read; without it nothing is lost. */
  readonly isDamage: boolean
  /** The file, below the journal's folder. */
  readonly file?: string | undefined
  /** Where in the file it begins, and how long it is, in bytes. */
  readonly offset?: number | undefined
  readonly bytes?: number | undefined
  /** Positions of the records that were there: the first, and the one behind the last. */
  readonly positions?: readonly [from: number, to: number] | undefined
  /** Whose records, and the first number that is missing or cannot be read. */
  readonly id?: string | undefined
  readonly seq?: number | undefined
  /** How things stood, as one sentence without a full stop. */
  readonly text: string
}

export interface JournalSizes {
  readonly logBytes: number
  /** Left out where nobody knows. */
  readonly indexBytes?: number | undefined
  readonly segments: number
  /** What is behind the index's checkpoint and is read again at each opening. */
  readonly tailBytes: number
  /** Bytes of the log, about, that a compaction would drop. Left out where nobody knows. */
  readonly droppableBytes?: number | undefined
  /** Left out of a journal that never compacts by itself. */
  readonly compactions?: JournalCompactions | undefined
}

/** Of this process. */
export interface JournalCompactions {
  readonly isRunning: boolean
  /** How many have ended well, those that were asked for among them. */
  readonly runs: number
  /** How many in the background have not. */
  readonly failed: number
  /** What the log was longer before. */
  readonly bytesFreed: number
}

export interface UpkeepOptions {
  /** Called now and then with what is done and all there is to do, in bytes; `done` never falls, `all` may rise. */
  progress?(done: number, all: number): void
  /** Ends it with `command-cancelled`, the journal as whole as it was. */
  readonly signal?: CancelSignal | undefined
}

export interface VerifyReport {
  readonly actors: number
  readonly records: number
  readonly bytes: number
  readonly segments: number
  /** At most `findingsMax`, and how many there were. */
  readonly findings: readonly JournalFinding[]
  readonly findingsCount: number
  /** How many of all findings are damage; 0 means that all is well. */
  readonly damaged: number
}

export interface CompactReport {
  readonly bytesBefore: number
  readonly bytesAfter: number
  readonly segmentsBefore: number
  readonly segmentsAfter: number
  /** Records that nobody needed any more and that are gone. */
  readonly recordsDropped: number
}

export interface JournalUpkeep {
  /** What was found at opening and since, at most `findingsMax`. */
  readonly findings: readonly JournalFinding[]
  sizes(): JournalSizes
  /** Reads everything that is kept and compares log and index; changes nothing. @throws {Fault} `command-cancelled` `journal-failed` `journal-closed` */
  verify(options: UpkeepOptions): Promise<VerifyReport>
  /** Drops what is not needed any more. @throws {Fault} `command-cancelled` `journal-failed` `journal-full` `journal-closed` */
  compact(options: UpkeepOptions): Promise<CompactReport>
  /**
   * Takes the damage that has been found as a loss: actors that were refused with `journal-damaged` live on with what can be read of them.
   * @throws {Fault} `journal-failed` `journal-closed`
   */
  acceptLoss(): Promise<void>
}
