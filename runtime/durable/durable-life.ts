// A durable life: what the rest of the kernel knows of the durable part of an actor.
import type { Claim, Journal } from '../journal.ts'
import type { Commit, CommitCodec, JournalEvent } from '../commit.ts'
import type { Duties } from './duties.ts'
import type { Envelope } from '../envelope.ts'
import type { Fault } from '../fault.ts'

/** Records since the last snapshot from which on an actor that is put to sleep has one written. */
export const snapshotOnSleepMin = 10

/** What durable actors of a runtime need. */
export interface Durability {
  readonly journal: Journal
  readonly codec: CommitCodec
}

/** The durable part of an actor as plain data, for a move. */
export interface CapturedDurable extends Claim {
  readonly snapshotSeq: number
  readonly wakeMs: number
  readonly duties: Commit
}

/** What waits to be written with the next commit. */
export type Staged = {
  -readonly [K in 'timers' | 'sent' | 'arrived' | 'handled' | 'replies']?: NonNullable<Commit[K]>[number][]
} & { sender?: string }

/** Up to which number letters of a sender have been handled. */
export type HandledLetters = NonNullable<Commit['handled']>[number]

/** What an actor knows of the letters that others send it, over all its lives. */
export interface LetterBook {
  /** Everybody knows what was handled. */
  readonly isQuiet: boolean
  /** What an actor without a journal knows, for a move. */
  capture(): readonly HandledLetters[]
}

/** The letters of a durable actor that are under way. */
export interface LetterBox {
  /** Those that have not arrived, also those that are about to be written. */
  readonly count: number
  /** Writes a letter with the next commit; it leaves once that is safe. @throws {Fault} `outbox-full` `payload-unencodable` `payload-too-large` */
  send(to: string, name: string, payload: unknown): void
  /** An acknowledgement has come; false if it is none. */
  take(payload: unknown): boolean
  /** What has arrived is to be written down. */
  write(): void
}

/** The durable timers of an actor. */
export interface BeatBox {
  /** A beat has come; see take-reserved.ts. */
  take(outer: Envelope): Envelope | 'taken' | 'dropped'
}

export interface DurableLife {
  readonly letters: LetterBox
  readonly beats: BeatBox
  /** Nothing is under way of letters and beats. */
  readonly isQuiet: boolean
  /** The handler that runs has an end that is written, whatever it has written before. */
  isHeld: boolean
  /** Of the last record that is safe and applied. */
  readonly seq: number
  readonly epoch: number
  readonly duties: Duties
  /** Set if the life cannot go on: whether the last commit was kept is unknown, or it cannot be applied. */
  readonly spoilt: Fault | undefined
  /** What the next commit takes along. */
  stage(): Staged
  /** What is staged, if anything is. */
  readonly staged: Staged | undefined
  /** What is under way of the duties, in order. */
  readonly ahead: readonly Staged[]
  /** Sends what is owed, and waits for what is due. */
  start(): void
  /** Appends events, with what is staged. Resolves once they are applied. */
  persist(events: readonly JournalEvent[]): Promise<void>
  /** Appends the state as it is now, with what is staged. */
  save(): Promise<void>
  /** Forgets all that was appended; what is staged comes behind that. */
  forget(): Promise<void>
  /**
   * The handler or hook has ended: what it has staged is appended, or dropped if it has failed. Resolves once nothing is under way.
   * @throws {Fault} why the life cannot go on, or what was staged is not kept
   */
  settle(hasFailed: boolean): Promise<void>
  /** Writes the state down whole, behind what is safe, if so many records, 1 at least, have come since the last time; nobody waits for it. */
  snapshot(recordsMin?: number): void
  /** The life has ended; what is under way may still become safe, and the next life finds it. */
  release(): void
  capture(): CapturedDurable
}

/** Lets go of the durable part of a life that has ended. */
export function endDurableLife({
  rareIfAny,
}: {
  readonly rareIfAny: { durable: DurableLife | undefined } | undefined
}): void {
  if (rareIfAny?.durable === undefined) return
  rareIfAny.durable.release()
  rareIfAny.durable = undefined
}
