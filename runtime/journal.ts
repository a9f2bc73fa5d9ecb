// A journal: where records of actors are kept so that they outlive the process. A contract; node/journal has the real one.
import type { Fault } from './fault.ts'

/** Bytes that the body of one record may have. */
export const recordBytesMax = 16_777_216
/** Tags that one record may have. */
export const recordTagsMax = 16
/** Records that one call of `read` or `feed` may be asked for. */
export const recordsAtOnceMax = 10_000

/**
 * `commit` says what has changed · `whole` says all there is, so that nothing before it need be read · `snapshot` says the same as all
 * records up to its number, and may be missing · `end` all before it is forgotten.
 */
export type RecordKind = 'commit' | 'whole' | 'snapshot' | 'end'

/** What is to be appended. */
export interface Append {
  /** Whose record: the actor's path. */
  readonly id: string
  /** The owner's; a lower one than that of the last claim is refused. */
  readonly epoch: number
  /** The number that the record gets: one more than the last one's. A snapshot has that of the last record that it holds, which may be older. */
  readonly seq: number
  readonly kind: RecordKind
  /** Milliseconds since 1970. */
  readonly atMs: number
  /** Read until `append` returns, never after. */
  readonly body: Uint8Array
  /** What projections find it by. */
  readonly tags: readonly string[]
  /** Records before this number are not needed any more and may be dropped. */
  readonly keepFrom?: number | undefined
  /** When the actor has to be awake again, in milliseconds since 1970, 0 for at once; Infinity for never; undefined leaves it as it was. */
  readonly wakeMs?: number | undefined
}

/** What has been appended. */
export interface JournalRecord {
  /** Its place among all records of the journal; rises, with holes where something was dropped. */
  readonly position: number
  readonly id: string
  readonly seq: number
  readonly epoch: number
  readonly kind: RecordKind
  readonly atMs: number
  readonly tags: readonly string[]
  readonly body: Uint8Array
}

/** Who may append, and what comes next. */
export interface Claim {
  readonly epoch: number
  /** Number of the last record; 0 if there is none. */
  readonly seq: number
}

/** What is known of one actor's records without reading them. */
export interface JournalHead {
  readonly id: string
  /** Number of the first record that is kept, and of the last. */
  readonly firstSeq: number
  readonly seq: number
  readonly epoch: number
  /** When the last one was appended. */
  readonly atMs: number
  /** Number of the newest snapshot or whole record; 0 if there is none. */
  readonly snapshotSeq: number
  readonly isEnded: boolean
  /** As it was appended last; Infinity for never. */
  readonly wakeMs: number
}

export interface Journal {
  /**
   * Makes somebody the owner of an actor's records, and reads them: the newest snapshot or whole record, if there is one, then all commits
   * after it, in order. All that was appended before is in it.
   * @param epoch a higher one than any before; without it one is given
   * @param take called for some records at a time; what it throws ends the reading
   * @throws {Fault} `journal-damaged` what is kept cannot be read as it was written · `journal-fenced` the epoch is not higher
   * @throws {Fault} `journal-failed` `journal-closed`
   */
  recover(
    id: string,
    epoch: number | undefined,
    take: (records: readonly JournalRecord[]) => void,
  ): Promise<Claim>

  /**
   * Keeps a record. `done` is called once, never within this call and in the order of the calls: without a fault once the record is safe.
   * After a fault whose outcome is known nothing was kept; after an unknown one only `recover` tells, and no append of that claim is taken.
   * Faults: `journal-fenced` `journal-conflict` another owner, another number than the next · `record-too-large` `journal-full`
   * `journal-busy` nothing was kept, try later · `journal-failed` `journal-closed`
   */
  append(append: Append, done: (fault: Fault | undefined) => void): void

  /** The owner has ended: nobody appends with its epoch any more. */
  release(id: string, epoch: number): void

  /** Reads an actor's records from a number on, snapshots among them, in order of their numbers, a snapshot behind its commit. */
  read(id: string, fromSeq: number, countMax: number): Promise<readonly JournalRecord[]>

  /**
   * Reads records of all actors in the order of their positions, those with at least one of the tags if any are given.
   * `next` is the position to go on from: behind all that was looked at.
   * @param from positions from this on, 1 for all
   */
  feed(from: number, options: FeedOptions): Promise<FeedPage>

  /** The position behind the last safe record. */
  readonly tip: number
  /** Calls back whenever `tip` has risen, some records at a time; returns the way to end that. */
  onTip(listener: () => void): () => void

  /** What is known of actors, in the order of their names, behind `after`. */
  heads(after: string | undefined, countMax: number): Promise<readonly JournalHead[]>

  /** Actors that have to be awake at a time, the earliest first. */
  wakes(
    untilMs: number,
    countMax: number,
  ): Promise<readonly { readonly id: string; readonly wakeMs: number }[]>

  /** Lets what was appended become safe, and ends it: no call is taken any more. */
  close(): Promise<void>
}

export interface FeedOptions {
  readonly countMax: number
  /** Records of which at least one tag is named; undefined for all. */
  readonly tags?: readonly string[] | undefined
}

export interface FeedPage {
  readonly records: readonly JournalRecord[]
  readonly next: number
}
