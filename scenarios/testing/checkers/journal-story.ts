// A journal's story: what was asked of a journal and what it answered, in the order in which it happened; what its checkers judge.
import type { RecordKind } from '../../../runtime/journal.ts'

/** One record, as far as it matters. The mark stands for its body: equal bodies have equal marks, others have others. */
export interface StoryRecord {
  readonly seq: number
  readonly epoch: number
  readonly kind: RecordKind
  readonly mark: string
}

/** Somebody wanted to keep a record. */
export interface Attempted extends StoryRecord {
  readonly type: 'attempted'
  /** Tells this attempt from all others. */
  readonly attempt: number
  readonly id: string
}

/** An attempt was answered: it is safe, it was not kept, or nobody knows. */
export interface Answered {
  readonly type: 'answered'
  readonly attempt: number
  readonly how: 'safe' | 'refused' | 'unknown'
}

/** Somebody began to make himself the owner; from now on he may be it. */
export interface Claiming {
  readonly type: 'claiming'
  /** Tells this claim from all others. */
  readonly claim: number
  readonly id: string
}

/** He is the owner, and this is what he has read, in that order. */
export interface Claimed {
  readonly type: 'claimed'
  readonly claim: number
  readonly id: string
  readonly epoch: number
  readonly seq: number
  readonly records: readonly StoryRecord[]
}

export type JournalEvent = Attempted | Answered | Claiming | Claimed
export type JournalStory = readonly JournalEvent[]

/** A record in a reason. */
export function told(id: string, { seq, epoch, kind }: StoryRecord): string {
  return `${kind} ${seq} of "${id}" by epoch ${epoch}`
}

export function isSame(a: StoryRecord, b: StoryRecord): boolean {
  return a.seq === b.seq && a.epoch === b.epoch && a.kind === b.kind && a.mark === b.mark
}
