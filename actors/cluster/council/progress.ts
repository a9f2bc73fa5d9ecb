// A progress: what a leader knows of one member that follows it, and what it has sent it.
import type { Snapshot } from './snapshot.ts'

/** Bytes of entries on the way to one follower. */
export const inflightBytesMax = 4_194_304

/** A snapshot on its way, piece by piece. */
export interface Shipment {
  readonly snapshot: Snapshot
  readonly bytes: Uint8Array
  readonly crc: number
  offset: number
  /** When the piece at the offset was last sent. */
  sentAt: number
}

export class Progress {
  readonly member: number
  /** The last entry that is known to be safe there. */
  match = 0
  /** The next one to send. Behind `match + 1` while entries are under way. */
  next: number
  /** Rule 20: until one place is known where the logs are the same, one message at a time. */
  isProbing = true
  /** Whether the probe is under way. */
  isPaused = false
  shipment: Shipment | undefined
  /** The last commit index that it was told. */
  commitSent = 0
  heardAt: number
  /** Rule 14: when the youngest message was sent that it has answered, and its round. */
  answeredAt: number = -Infinity
  answeredRound = 0
  /** What it sent last, on its own clock. */
  askedAt = -1
  canVote = false
  heartbeatAt = 0

  constructor(member: number, next: number, now: number) {
    this.member = member
    this.next = next
    this.heardAt = now
  }

  /** Takes note of an answer. */
  answered(
    now: number,
    answer: { readonly round: number; readonly sentAt: number; readonly askedAt: number },
  ): void {
    this.heardAt = now
    if (answer.round <= this.answeredRound) return
    // Not the highest: with a restart the clock of the other side may begin anew.
    this.askedAt = answer.askedAt
    this.answeredRound = answer.round
    this.answeredAt = Math.min(now, answer.sentAt)
  }

  /** Everything up to an index is there. */
  matched(index: number): void {
    this.match = Math.max(this.match, index)
    this.next = Math.max(this.next, index + 1)
    this.isProbing = false
    this.isPaused = false
  }

  /** What was sent does not fit; from this index on it is sent again. */
  mismatched(next: number): void {
    this.next = Math.max(this.match + 1, next)
    this.isProbing = true
    this.isPaused = false
  }
}
