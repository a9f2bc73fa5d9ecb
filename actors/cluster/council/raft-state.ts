// A raft state: what one node knows and has promised, whatever its role; only here do term, vote, log and commit change.
import { invariant } from '../../../runtime/invariant.ts'
import { Outbox } from './outbox.ts'
import type { CouncilTiming } from './council.ts'
import type { Entry } from './entry.ts'
import type { Random } from '../../../runtime/random.ts'
import type { RaftLog } from './raft-log.ts'
import type { Snapshot } from './snapshot.ts'

/** The promise and the log that a node begins with. */
export interface RaftStart {
  readonly self: number
  readonly term: number
  /** Whom it has voted for in the term; 0 for nobody. */
  readonly vote: number
  readonly log: RaftLog
  /** Whether what it writes outlives it. */
  readonly canVote: boolean
  readonly timing: CouncilTiming
  readonly random: Random
  readonly contacts: readonly number[]
  readonly now: number
}

export class RaftState {
  readonly self: number
  readonly canVote: boolean
  readonly timing: CouncilTiming
  readonly contacts: readonly number[]
  readonly log: RaftLog
  readonly out: Outbox
  readonly #random: Random
  #term: number
  #vote: number
  #commit: number
  leader: number | undefined
  /** When a leader of this term was last heard. */
  heardAt: number = -Infinity
  /** Rule 9: until then no vote is given, as before a restart a leader may have been heard that is forgotten. */
  quietUntil: number
  readonly startedAt: number
  electionAt: number = Infinity
  contactAt: number = -Infinity

  constructor(start: RaftStart) {
    this.self = start.self
    this.canVote = start.canVote
    this.timing = start.timing
    this.contacts = start.contacts
    this.log = start.log
    this.out = new Outbox(start.self)
    this.#random = start.random
    this.#term = start.term
    this.#vote = start.vote
    this.#commit = start.log.snapshot?.index ?? 0
    this.quietUntil = start.term > 0 ? start.now + start.timing.electionMinMs : start.now
    this.startedAt = start.now
    this.resetElection(start.now)
  }

  get term(): number {
    return this.#term
  }
  get vote(): number {
    return this.#vote
  }
  get commit(): number {
    return this.#commit
  }
  get isVoter(): boolean {
    return this.canVote && this.log.voters.includes(this.self)
  }

  /**
   * Rule 31: one whose vote is taken by an entry that is not decided may be the only one that has the entry, and so the only one that can be
   * elected.
   */
  get mayStand(): boolean {
    const { log } = this
    if (!this.canVote || this.isVoter || log.votersIndex <= this.#commit) return this.isVoter
    return log.votersAt(log.votersIndex - 1).includes(this.self)
  }

  quorum(): number {
    return quorumOf(this.log.voters)
  }

  /** Rule 1: a term never goes back, and a vote in it is given once. */
  promise(term: number, vote: number): void {
    invariant(term >= this.#term, 'A node was about to go back to an earlier term')
    const isKept = term > this.#term || this.#vote === 0 || this.#vote === vote
    invariant(isKept, 'A node was about to vote for two candidates in one term')
    if (term === this.#term && vote === this.#vote) return
    this.#term = term
    this.#vote = vote
    this.out.write({ kind: 'vote', term, vote })
  }

  append(entries: readonly Entry[]): void {
    if (entries.length === 0) return
    for (const entry of entries) this.log.append(entry)
    this.out.write({ kind: 'entries', entries })
    this.out.mark(this.log)
  }

  /** Rule 22: what is decided is never cut off. The write of the next entries cuts the file. */
  truncate(from: number): void {
    invariant(from > this.#commit, 'A leader wanted to replace an entry that is decided')
    this.log.truncate(from)
    this.out.forgetMarks(from)
  }

  commitTo(index: number): void {
    if (index <= this.#commit) return
    invariant(index <= this.log.lastIndex, 'An entry was decided that the log does not have')
    this.#commit = index
  }

  /** Rule 34. */
  compact(snapshot: Snapshot): void {
    invariant(snapshot.index <= this.#commit, 'A snapshot was made of what is not decided')
    this.log.compact(snapshot)
    this.#writeAll()
  }

  install(snapshot: Snapshot): void {
    invariant(snapshot.index > this.#commit, 'A snapshot came in the place of what is decided here')
    this.log.install(snapshot)
    this.#commit = snapshot.index
    this.out.install(snapshot)
    this.#writeAll()
  }

  /** Rule 6: drawn anew each time, so that two seldom stand at once. */
  resetElection(now: number): void {
    const { electionMinMs, electionMaxMs } = this.timing
    this.electionAt = now + electionMinMs + this.#random.next() * (electionMaxMs - electionMinMs)
  }

  #writeAll(): void {
    this.out.write({
      kind: 'generation',
      term: this.#term,
      vote: this.#vote,
      snapshot: this.log.snapshot,
      base: this.log.base,
      entries: [...this.log.entries],
    })
    this.out.mark(this.log)
  }
}

/** More than half. */
export function quorumOf(voters: readonly number[]): number {
  return Math.floor(voters.length / 2) + 1
}
