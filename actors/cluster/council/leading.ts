// Leading: what a leader does from its election until it leads no more.
import { encodeVoters, entryBytes, newEntry } from './entry.ts'
import { leaseEnd, quorumTime } from './lease.ts'
import { Progress } from './progress.ts'
import { Reading } from './reading.ts'
import { Replicating } from './replicating.ts'
import { changedVoters, decodeChange } from './voter-change.ts'
import type { Appended, Chunked, Follow, Refusal } from './message.ts'
import type { Entry, Proposal } from './entry.ts'
import type { RaftState } from './raft-state.ts'

/** Bytes of entries that are not decided yet: what comes faster than a quorum takes it is refused. */
export const undecidedBytesMax = 16_777_216
/** Members without a vote that one leader sends the log to. */
export const followersMax = 1_024
/** Heartbeats of a voter for each one of a member without a vote. */
const learnerBeats = 2
/** Heartbeats after which a member without a vote that says nothing is forgotten. */
const learnerPatience = 50

export class Leading {
  readonly #state: RaftState
  readonly #members = new Map<number, Progress>()
  readonly #replicating: Replicating
  readonly #reading = new Reading()
  /** Of the entry that begins this leader's term. */
  readonly #startIndex: number
  #heartbeatAt: number
  #transfer: { readonly to: number; readonly until: number; isAsked: boolean } | undefined
  /** Rule 26: whoever was asked to stand for election once may do so at any time after. */
  #isLeaseGone = false
  /** Followers that were turned away because there are too many. */
  turnedAway = 0
  /** Rule 17 or 30: it must lead no more. */
  isOver = false

  constructor(state: RaftState, now: number) {
    this.#state = state
    this.#replicating = new Replicating(state)
    this.#startIndex = state.log.lastIndex + 1
    this.#heartbeatAt = now
    for (const voter of state.log.voters) this.#add(voter, this.#startIndex, now)
    const start: Proposal = { kind: 'start', member: 0, counter: 0, settled: 0, data: new Uint8Array(0) }
    state.append([newEntry(this.#startIndex, state.term, start)])
  }

  get counts(): { readonly snapshotsSent: number; readonly dropped: number } {
    return {
      snapshotsSent: this.#replicating.snapshotsSent,
      dropped: this.#reading.dropped + this.turnedAway,
    }
  }

  get isStarted(): boolean {
    return this.#state.commit >= this.#startIndex
  }

  deadline(): number {
    return Math.min(this.#heartbeatAt, this.#transfer?.until ?? Infinity)
  }

  /** When the quorum was last heard: messages sent then, or later, it has answered. */
  quorumAt(now: number): number {
    const { log, self } = this.#state
    return quorumTime(log.voters, self, now, (voter) => this.#members.get(voter)?.answeredAt ?? -Infinity)
  }

  /** Rule 14. */
  hasLease(now: number): boolean {
    if (this.#isLeaseGone || !this.isStarted) return false
    return now < leaseEnd(this.quorumAt(now), this.#state.timing)
  }

  tick(now: number): void {
    if (this.#transfer !== undefined && now >= this.#transfer.until) this.#transfer = undefined
    if (now >= this.#heartbeatAt) this.#beat(now)
    this.#checkQuorum(now)
  }

  #beat(now: number): void {
    const { heartbeatMs } = this.#state.timing
    this.#heartbeatAt = now + heartbeatMs
    for (const progress of this.#members.values()) {
      const isVoter = this.#isVoter(progress.member)
      if (!isVoter && now - progress.heardAt > heartbeatMs * learnerPatience)
        this.#members.delete(progress.member)
      else if (isVoter || now >= progress.heartbeatAt) this.#heartbeat(progress, now)
    }
  }

  #heartbeat(progress: Progress, now: number): void {
    progress.heartbeatAt = now + this.#state.timing.heartbeatMs * (learnerBeats - 0.5)
    this.#replicating.hasLease = this.hasLease(now)
    this.#replicating.heartbeat(progress, now)
  }

  /** Rule 17: a leader that no quorum answers cannot decide anything, and another one may be there. */
  #checkQuorum(now: number): void {
    const { log, self, timing } = this.#state
    const heardAt = quorumTime(log.voters, self, now, (voter) => this.#members.get(voter)?.heardAt ?? now)
    if (now - heardAt > timing.electionMaxMs) this.isOver = true
  }

  propose(proposals: readonly Proposal[]): void {
    const { log, commit, term } = this.#state
    // Rule 25: entries that come now would have to be sent before the other one may stand.
    if (this.#transfer !== undefined) return
    const entries: Entry[] = []
    let bytes = log.bytesBehind(commit)
    for (const proposal of proposals) {
      if (proposal.kind !== 'command') {
        this.#state.append(entries.splice(0))
        this.#change(proposal)
        continue
      }
      bytes += entryBytes(proposal)
      if (bytes > undecidedBytesMax) this.#refuse(proposal, 'full')
      else entries.push(newEntry(log.lastIndex + entries.length + 1, term, proposal))
    }
    this.#state.append(entries)
  }

  /** Rules 27 to 30. */
  #change(proposal: Proposal): void {
    const { log, commit, term } = this.#state
    const change = proposal.kind === 'voters' ? decodeChange(proposal.data) : undefined
    if (change === undefined) return
    // Its own, sent again: it is under way.
    const last = log.entry(log.votersIndex)
    if (last?.member === proposal.member && last.counter === proposal.counter) return
    const progress = 'add' in change ? this.#members.get(change.add) : undefined
    const follower = progress && { behind: log.lastIndex - progress.match, canVote: progress.canVote }
    const isDecided = log.votersIndex <= commit
    const voters = changedVoters(change, {
      voters: log.voters,
      isDecided,
      isStarted: this.isStarted,
      follower,
    })
    if (typeof voters === 'string') return this.#refuse(proposal, voters)
    this.#state.append([newEntry(log.lastIndex + 1, term, { ...proposal, data: encodeVoters(voters) })])
  }

  #refuse({ member, counter }: Proposal, why: Refusal): void {
    this.#state.out.send(member, { type: 'refused', counter, why })
  }

  read(from: number, id: number, now: number): void {
    this.#reading.ask(from, id)
    this.#answerReads(now)
  }

  appended(from: number, answer: Appended, now: number): void {
    const progress = this.#heard(from, answer, now)
    if (progress === undefined) return
    progress.canVote = answer.canVote
    this.#replicating.appended(progress, answer)
    this.#hurryTransfer()
    this.decide(now)
  }

  chunked(from: number, answer: Chunked, now: number): void {
    const progress = this.#heard(from, answer, now)
    if (progress !== undefined) this.#replicating.chunked(progress, answer, now)
  }

  #heard(from: number, answer: Appended | Chunked, now: number): Progress | undefined {
    const progress = this.#members.get(from)
    // Rounds of the future, and of an earlier leader with the same number, do not exist.
    if (progress === undefined || answer.round > this.#replicating.round) return undefined
    progress.answered(now, answer)
    return progress
  }

  /** Somebody without a vote, or who does not know of it, wants the log. */
  follow(from: number, ask: Follow, now: number): void {
    const next = Math.min(this.#state.log.lastIndex, ask.lastIndex) + 1
    const progress = this.#members.get(from) ?? this.#add(from, next, now)
    if (progress === undefined) return
    progress.heardAt = now
    progress.askedAt = ask.askedAt
    progress.canVote = ask.canVote
    this.#heartbeat(progress, now)
  }

  #add(member: number, next: number, now: number): Progress | undefined {
    if (member === this.#state.self) return undefined
    if (this.#members.size >= followersMax && !this.#isVoter(member)) {
      this.turnedAway++
      return undefined
    }
    const progress = new Progress(member, next, now)
    this.#members.set(member, progress)
    return progress
  }

  #isVoter(member: number): boolean {
    return this.#state.log.voters.includes(member)
  }

  /** Rules 11 to 13. */
  decide(now: number): void {
    const { log, self } = this.#state
    const matches = log.voters
      .map((voter) => (voter === self ? log.stable : (this.#members.get(voter)?.match ?? 0)))
      .toSorted((a, b) => b - a)
    const index = matches[this.#state.quorum() - 1] ?? 0
    if (log.term(index) === this.#state.term) this.#state.commitTo(index)
    this.#answerReads(now)
  }

  #answerReads(now: number): void {
    if (this.#reading.count === 0) return
    const { log, self, commit, out } = this.#state
    const nextRound = this.#replicating.round + 1
    const roundOf = (voter: number): number => this.#members.get(voter)?.answeredRound ?? 0
    const answers = this.#reading.answers({
      commit,
      isStarted: this.isStarted,
      hasLease: this.hasLease(now),
      nextRound,
      quorumRound: quorumTime(log.voters, self, nextRound, roundOf),
    })
    for (const { to, id, index } of answers) out.send(to, { type: 'index-is', id, index })
  }

  /** Sends everybody what there is for them; called once after everything that has come was taken in. */
  flush(now: number): void {
    const { log, commit } = this.#state
    this.#replicating.hasLease = this.hasLease(now)
    for (const progress of this.#members.values()) {
      const isVoter = this.#isVoter(progress.member)
      if (isVoter && this.#reading.needsRound) this.#replicating.heartbeat(progress, now)
      // Rule 24: a member without a vote is sent what is decided, and so in one message all it needs.
      this.#replicating.send(progress, isVoter ? log.lastIndex : commit, now)
    }
    this.#reading.needsRound = false
    const isOut = !log.voters.includes(this.#state.self) && log.votersIndex <= commit
    if (isOut) this.#leave()
  }

  /** Rule 30: a leader that has lost its vote by its own decision lets the best other one stand at once. */
  #leave(): void {
    this.isOver = true
    const { heir } = this
    if (heir !== undefined) this.#state.out.send(heir, { type: 'lead', term: this.#state.term })
  }

  /** Rule 25. */
  transfer(to: number, now: number): void {
    if (to === this.#state.self || !this.#isVoter(to) || this.#transfer !== undefined) return
    this.#transfer = { to, until: now + this.#state.timing.electionMinMs, isAsked: false }
    this.#isLeaseGone = true
    this.#hurryTransfer()
  }

  #hurryTransfer(): void {
    const transfer = this.#transfer
    if (transfer === undefined || transfer.isAsked) return
    if ((this.#members.get(transfer.to)?.match ?? 0) < this.#state.log.lastIndex) return
    transfer.isAsked = true
    this.#state.out.send(transfer.to, { type: 'lead', term: this.#state.term })
  }

  /** The voter, besides this one, that has most of the log. */
  get heir(): number | undefined {
    const voters = [...this.#members.values()].filter(({ member }) => this.#isVoter(member))
    return voters.toSorted((a, b) => b.match - a.match)[0]?.member
  }
}
