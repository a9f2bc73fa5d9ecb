// A stored record: a record as it stands in the log, with what only the journal itself needs to know of it.
import type { JournalRecord } from '../../../runtime/journal.ts'

/** The body is a view into a larger buffer that nobody writes to any more: who keeps a few of many copies them. */
export interface StoredRecord extends JournalRecord {
  readonly keepFrom: number | undefined
  readonly wakeMs: number | undefined
}

/** What cannot be read of a log: bytes of a file, and the positions from `fromPosition` to before `toPosition` that may have been in them. */
export interface LogHole {
  readonly file: string
  readonly offset: number
  readonly bytes: number
  readonly fromPosition: number
  readonly toPosition: number
}

/** What the opening of a log found. */
export interface LogFindings {
  /** Bytes behind the last whole group, which were cut: nobody was told that they are safe. */
  readonly tornBytes: number
  /** It ends before the position from which on it was asked for: nobody knows what was behind its end. */
  readonly isShort?: true
  readonly tornFile?: string
  readonly holes: readonly LogHole[]
}
