// Raft: the algorithm of the council as a pure core. What comes in changes its state; what is to be done comes out by `take`.
import { invariant } from '../../../runtime/invariant.ts'
import { Electing } from './electing.ts'
import { Following } from './following.ts'
import { Leading } from './leading.ts'
import { RaftState } from './raft-state.ts'
import { clockDriftMax } from './lease.ts'
import type { CouncilRole } from './council.ts'
import type { AskVote, Follow, Message, Vote } from './message.ts'
import type { Output, Outgoing } from './outbox.ts'
import type { Proposal } from './entry.ts'
import type { RaftStart } from './raft-state.ts'
import type { Snapshot } from './snapshot.ts'

/** Heartbeats without a leader after which a member without a vote asks who leads, and again so often. */
const followPatience = 5
const followEvery = 3
/** By how much a term may be ahead of this node's own: no cluster holds so many elections, and numbers end at 2^53. */
export const termsAheadMax = 1_000_000

/**
 * It reads no clock and does nothing itself: each call says what time it is, and `take` hands out the messages to send and the writes to
 * make safe; `persisted` says that they are. The rules that are cited stand in docs/council.md.
 */
export class Raft {
  readonly #state: RaftState
  readonly #electing: Electing
  readonly #following: Following
  #leading: Leading | undefined
  #followAt: number
  #soleSince = Infinity
  #ledUntil = -Infinity
  #contact = 0
  #snapshotsSent = 0

  constructor(start: RaftStart) {
    this.#state = new RaftState(start)
    this.#electing = new Electing(this.#state)
    this.#following = new Following(this.#state)
    this.#followAt = start.now
    // A voter that is alone needs nobody's vote, and nobody has counted on its silence.
    if (this.#state.isVoter && this.#state.log.voters.length === 1) this.#state.electionAt = start.now
  }

  get role(): CouncilRole {
    if (this.#leading !== undefined) return 'leader'
    if (this.#electing.isStanding) return 'candidate'
    return this.#state.isVoter ? 'follower' : 'learner'
  }
  get term(): number {
    return this.#state.term
  }
  get leader(): number | undefined {
    return this.#state.leader
  }
  get voters(): readonly number[] {
    return this.#state.log.voters
  }
  get commit(): number {
    return this.#state.commit
  }
  get state(): RaftState {
    return this.#state
  }
  get heir(): number | undefined {
    return this.#leading?.heir
  }
  get counts(): {
    readonly elections: number
    readonly snapshotsSent: number
    readonly snapshotsTaken: number
  } {
    const snapshotsSent = this.#snapshotsSent + (this.#leading?.counts.snapshotsSent ?? 0)
    return { elections: this.#electing.count, snapshotsSent, snapshotsTaken: this.#following.snapshotsTaken }
  }

  contactAt(now: number): number {
    const contact = this.#leading === undefined ? this.#state.contactAt : this.#leading.quorumAt(now)
    this.#state.contactAt = Math.max(contact, this.#state.contactAt)
    return this.#state.contactAt
  }

  /**
   * On a leader: after this no other was answered by a quorum. Whoever voted for it had heard none for `electionMinMs` before it was elected,
   * nor led itself, and one of them is in every quorum. Unless the leader before has handed over: then it may have led to the end.
   */
  get soleSince(): number {
    return this.#soleSince
  }

  /** When `tick` is to be called next. */
  deadline(): number {
    if (this.#leading !== undefined) return this.#leading.deadline()
    return this.#state.mayStand ? this.#state.electionAt : this.#followAt
  }

  tick(now: number): void {
    if (this.#leading !== undefined) {
      this.#leading.tick(now)
      if (this.#leading.isOver) this.#stepDown(now)
      return
    }
    if (!this.#state.mayStand) return this.#seekLeader(now)
    this.#electing.tick(now)
    this.#checkElected(now)
  }

  /** A member without a vote asks around. */
  #seekLeader(now: number): void {
    if (now < this.#followAt) return
    const state = this.#state
    const { heartbeatMs } = state.timing
    const isHeard = now - state.heardAt <= heartbeatMs * followPatience
    this.#followAt = isHeard
      ? state.heardAt + heartbeatMs * (followPatience + 0.5)
      : now + heartbeatMs * followEvery
    if (isHeard) return
    state.leader = undefined
    const others = [...state.log.voters, ...state.contacts].filter((member) => member !== state.self)
    const to = others[this.#contact++ % Math.max(1, others.length)]
    if (to !== undefined) this.#askToFollow(to, now)
  }

  #askToFollow(to: number, now: number): void {
    const { term, log, canVote } = this.#state
    const ask: Follow = { type: 'follow', term, askedAt: now, lastIndex: log.lastIndex, canVote }
    this.#state.out.send(to, ask)
  }

  /**
   * Whether a message can be no honest node's, or is none of its sender's business: it is not taken in. Who votes is believed; of others
   * only that they lead, and only while no leader is heard: the list of voters here may be old.
   */
  refuses(from: number, message: Message, now: number): boolean {
    const state = this.#state
    if (!('term' in message)) return false
    if (message.term > state.term + termsAheadMax) return true
    const { voters } = state.log
    const isKnown = voters.length === 0 || voters.includes(from)
    switch (message.type) {
      case 'vote':
        return !isKnown && message.term > state.term
      case 'append':
      case 'chunk':
        return !isKnown && message.term > state.term && this.#isLed(now)
      case 'appended':
      case 'chunked':
        return !isKnown && message.term > state.term
      default:
        return false
    }
  }

  #isLed(now: number): boolean {
    return this.#leading !== undefined || now - this.#state.heardAt < this.#state.timing.electionMinMs
  }

  receive(from: number, message: Message, now: number): void {
    switch (message.type) {
      case 'ask-vote':
        return this.#askedVote(from, message, now)
      case 'vote':
        return this.#voted(from, message, now)
      case 'append':
      case 'chunk':
        if (!this.#hearLeader(from, message.term, message, now)) return
        if (message.type === 'append') return this.#following.append(from, message, now)
        return this.#following.chunk(from, message, now)
      case 'appended':
      case 'chunked':
        if (message.term > this.#state.term) return this.#rise(message.term, now)
        if (message.term < this.#state.term) return
        if (message.type === 'appended') this.#leading?.appended(from, message, now)
        else this.#leading?.chunked(from, message, now)
        return
      case 'follow':
        if (this.#leading !== undefined) return this.#leading.follow(from, message, now)
        return this.#pointOut(from)
      case 'leader-is':
        return this.#hearOfLeader(message.leader, now)
      case 'propose':
        if (this.#leading === undefined) return this.#pointOut(from)
        return this.#leading.propose(message.proposals.filter(({ member }) => member === from))
      case 'ask-index':
        if (this.#leading === undefined) return this.#pointOut(from)
        return this.#leading.read(from, message.id, now)
      case 'lead':
        if (message.term !== this.#state.term || from !== this.#state.leader) return
        this.#electing.standAtOnce(now)
        return this.#checkElected(now)
      case 'refused':
      case 'index-is':
        // These are for whoever has asked; the core has not.
        return
    }
  }

  /** Rule 8: while a leader may count on this voter, a candidate gets nothing from it, not even a higher term. */
  #askedVote(from: number, ask: AskVote, now: number): void {
    const state = this.#state
    const isHeard = now - state.heardAt < state.timing.electionMinMs
    const isQuiet = !ask.isTransfer && (this.#leading !== undefined || isHeard || now < state.quietUntil)
    if (!isQuiet && !ask.isPre && ask.term > state.term) this.#rise(ask.term, now)
    this.#electing.asked(from, ask, now, isQuiet)
  }

  #voted(from: number, vote: Vote, now: number): void {
    if (vote.term > this.#state.term && !(vote.isPre && vote.isGranted)) return this.#rise(vote.term, now)
    if (vote.leader !== 0) this.#hearOfLeader(vote.leader, now)
    if (!this.#electing.isStanding) return
    this.#electing.voted(from, vote, now)
    this.#checkElected(now)
  }

  /** @returns whether it is the leader's */
  #hearLeader(
    from: number,
    term: number,
    message: {
      readonly hasLease: boolean
      readonly echo: number
      readonly round: number
      readonly sentAt: number
    },
    now: number,
  ): boolean {
    const state = this.#state
    if (term < state.term) {
      this.#tellTerm(from, message, now)
      return false
    }
    if (term > state.term) this.#rise(term, now)
    // Who does not vote never led: it says so to end this node's part.
    const isOther = this.#leading !== undefined || (state.leader !== undefined && state.leader !== from)
    if (term === state.term && isOther && !state.log.voters.includes(from)) return false
    // Rule 11: two leaders of one term would be the end of all that follows.
    invariant(this.#leading === undefined, 'A leader has heard of another leader of its own term')
    invariant(state.leader === undefined || state.leader === from, 'A term has two leaders')
    state.leader = from
    state.heardAt = now
    state.resetElection(now)
    this.#electing.end()
    // An echo from before the start is of an earlier life, whose clock was another one.
    const isOurs = message.echo >= state.startedAt && message.echo <= now
    if (message.hasLease && isOurs) state.contactAt = Math.max(state.contactAt, message.echo)
    return true
  }

  /** Somebody leads, or thinks so, in a term that is over. */
  #tellTerm(
    to: number,
    { round, sentAt }: { readonly round: number; readonly sentAt: number },
    now: number,
  ): void {
    const { term, canVote, out } = this.#state
    const head = { type: 'appended', term, round, sentAt, askedAt: now } as const
    out.sendSafe(to, { ...head, isMatch: false, index: 0, hintTerm: 0, prevIndex: 0, canVote })
  }

  #pointOut(to: number): void {
    const { leader, term, out } = this.#state
    if (leader !== undefined && leader !== to) out.send(to, { type: 'leader-is', term, leader })
  }

  /** One who votes hears its leader without asking, unless the leader knows that it has no vote any more. */
  #hearOfLeader(leader: number, now: number): void {
    const isNeeded = this.#leading === undefined && this.#state.leader === undefined
    if (isNeeded && leader !== this.#state.self) this.#askToFollow(leader, now)
  }

  #checkElected(now: number): void {
    if (!this.#electing.isElected) return
    const { electionMinMs } = this.#state.timing
    const quietSince = this.#electing.isByOrder ? now : now - electionMinMs * (1 - clockDriftMax)
    // Its own vote has waited for nobody: it may have led until just now, or until it started again.
    this.#soleSince = Math.max(quietSince, this.#ledUntil, this.#state.startedAt)
    this.#electing.end()
    this.#state.leader = this.#state.self
    this.#leading = new Leading(this.#state, now)
    this.#leading.decide(now)
  }

  /** Rule 1. */
  #rise(term: number, now: number): void {
    this.#state.promise(term, 0)
    this.#stepDown(now)
  }

  #stepDown(now: number): void {
    if (this.#leading !== undefined) {
      this.#snapshotsSent += this.#leading.counts.snapshotsSent
      this.contactAt(now)
      this.#state.resetElection(now)
      this.#followAt = now
      this.#ledUntil = now
      // What it has acknowledged as leader counts as what a voter has heard of one: see `soleSince`.
      this.#state.quietUntil = Math.max(this.#state.quietUntil, now + this.#state.timing.electionMinMs)
    }
    this.#soleSince = Infinity
    this.#leading = undefined
    this.#state.leader = undefined
    this.#electing.end()
  }

  propose(proposals: readonly Proposal[]): void {
    this.#leading?.propose(proposals)
  }

  read(id: number, now: number): void {
    this.#leading?.read(this.#state.self, id, now)
  }

  transfer(to: number, now: number): void {
    this.#leading?.transfer(to, now)
  }

  /** All writes up to the sequence are safe. */
  persisted(sequence: number, now: number): void {
    this.#state.out.persisted(sequence, this.#state.log)
    this.#electing.persisted(now)
    this.#checkElected(now)
    this.#leading?.decide(now)
  }

  /** The state that was applied up to an index has become a snapshot. */
  compact(snapshot: Snapshot): void {
    this.#state.compact(snapshot)
  }

  /** What is to be done now, once everything that has come was taken in. */
  take(now: number): Output {
    this.#leading?.flush(now)
    if (this.#leading?.isOver === true) this.#stepDown(now)
    return this.#state.out.take()
  }

  isOwn(outgoing: Outgoing): boolean {
    return this.#state.out.isOwn(outgoing)
  }
}
