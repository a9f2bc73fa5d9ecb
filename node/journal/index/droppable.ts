// Droppable bytes: how much of the log an actor's records take that nobody needs any more, about, so that somebody knows when to compact it.
import { isSuperseded } from './head.ts'
import type { Head } from './head.ts'
import type { RecordKind } from '../../../runtime/journal.ts'

export interface Weighed {
  readonly seq: number
  readonly kind: RecordKind
  /** What it takes in the log. */
  readonly logBytes: number
}

/**
 * Says in an actor's head what its records take. Those that the table had are taken to be of one size each, so that none is read again.
 * @returns what was needed before these records, or is among them, and is not needed any more
 */
export function weigh(old: Head, head: Head, records: readonly Weighed[]): number {
  const before = old.numberedBytes
  const kept = before * (1 - droppedShare(old, head.floor))
  const numbered = { kept, dropped: before - kept }
  const snapshots = new Map<number, number>()
  let all = old.snapshotBytes + old.previousBytes
  if (old.snapshotBytes > 0) snapshots.set(old.snapshotSeq, old.snapshotBytes)
  if (old.previousBytes > 0) snapshots.set(old.previousSeq, old.previousBytes)
  for (const { seq, kind, logBytes } of records) {
    if (kind === 'snapshot') {
      all += logBytes
      snapshots.set(seq, logBytes)
    } else numbered[isSuperseded(head, kind, seq) ? 'dropped' : 'kept'] += logBytes
  }
  head.numberedBytes = numbered.kept
  head.snapshotBytes = head.snapshotSeq > 0 ? (snapshots.get(head.snapshotSeq) ?? 0) : 0
  head.previousBytes = head.previousSeq > 0 ? (snapshots.get(head.previousSeq) ?? 0) : 0
  return numbered.dropped + all - head.snapshotBytes - head.previousBytes
}

/** How much of the numbered records that were kept is before a number. */
function droppedShare({ firstSeq, seq }: Head, floor: number): number {
  if (floor <= firstSeq) return 0
  return Math.min(1, (floor - firstSeq) / (seq - firstSeq + 1))
}
