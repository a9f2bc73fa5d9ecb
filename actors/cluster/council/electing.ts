// Electing: how a voter stands for election and gives its vote.
import type { AskVote, Vote } from './message.ts'
import type { RaftState } from './raft-state.ts'

/** A call that comes so much later than it was due was held up by this node itself: messages that wait are heard first. */
const lagMsMax = 50

type Stage = 'none' | 'pre' | 'real'

export class Electing {
  readonly #state: RaftState
  #stage: Stage = 'none'
  #granted = new Set<number>()
  #isTransfer = false
  /** What has to be safe before the own vote counts. */
  #sequence = 0
  #isForgiven = false
  /** Elections that were begun. */
  count = 0

  constructor(state: RaftState) {
    this.#state = state
  }

  get isStanding(): boolean {
    return this.#stage !== 'none'
  }

  end(): void {
    this.#stage = 'none'
    this.#isForgiven = false
  }

  /** Rule 6. Rule 10: a node that was late itself gives the leader's messages another moment, once. */
  tick(now: number): void {
    const state = this.#state
    if (!state.mayStand || now < state.electionAt) return
    if (now - state.electionAt > lagMsMax && !this.#isForgiven && state.log.voters.length > 1) {
      this.#isForgiven = true
      state.electionAt = now + state.timing.heartbeatMs
      return
    }
    this.#stand('pre', now)
  }

  /** Rule 25: the leader has asked for it, so nobody needs to be asked before. */
  standAtOnce(now: number): void {
    if (this.#state.mayStand) this.#stand('real', now, true)
  }

  /** Rule 7: first asks whether it would be elected, and only then gives up its term. */
  #stand(stage: 'pre' | 'real', now: number, isTransfer = false): void {
    const state = this.#state
    this.#stage = stage
    this.#isTransfer = isTransfer
    this.#granted = new Set()
    state.leader = undefined
    state.resetElection(now)
    if (stage === 'real') state.promise(state.term + 1, state.self)
    this.count += stage === 'real' ? 1 : 0
    this.#sequence = state.out.sequence
    for (const voter of state.log.voters) {
      if (voter !== state.self) state.out.sendSafe(voter, this.#question())
    }
    this.persisted(now)
  }

  #question(): AskVote {
    const { term, log } = this.#state
    const isPre = this.#stage === 'pre'
    return {
      type: 'ask-vote',
      term: isPre ? term + 1 : term,
      isPre,
      isTransfer: this.#isTransfer,
      lastIndex: log.lastIndex,
      lastTerm: log.lastTerm,
    }
  }

  /** Rule 2: the own vote counts when it is safe. */
  persisted(now: number): void {
    if (this.isStanding && this.#state.out.isSafeAt(this.#sequence)) this.#grant(this.#state.self, now)
  }

  /** @returns whether the candidate is elected, see `isElected` */
  voted(from: number, vote: Vote, now: number): void {
    const state = this.#state
    const isOurs = vote.isPre
      ? this.#stage === 'pre' && vote.term === state.term + 1
      : this.#stage === 'real' && vote.term === state.term
    if (isOurs && vote.isGranted) this.#grant(from, now)
  }

  /** Whether the leader before has asked for this election. */
  get isByOrder(): boolean {
    return this.#isTransfer
  }

  get isElected(): boolean {
    return this.#stage === 'real' && this.#hasQuorum()
  }

  #grant(from: number, now: number): void {
    if (!this.#state.log.voters.includes(from)) return
    this.#granted.add(from)
    if (this.#stage === 'pre' && this.#hasQuorum()) this.#stand('real', now)
  }

  #hasQuorum(): boolean {
    const { voters } = this.#state.log
    return voters.filter((voter) => this.#granted.has(voter)).length >= this.#state.quorum()
  }

  /**
   * Answers a candidate. A higher term has been taken over before, where rule 8 allows it.
   * @param isQuiet rule 8: a leader may still count on this voter
   */
  asked(from: number, ask: AskVote, now: number, isQuiet: boolean): void {
    const state = this.#state
    const isGranted = !isQuiet && state.canVote && this.#isUpToDate(ask) && this.#isFree(from, ask)
    if (isGranted && !ask.isPre) {
      state.promise(ask.term, from)
      state.resetElection(now)
    }
    const term = isGranted ? ask.term : state.term
    const leader = isQuiet ? (state.leader ?? 0) : 0
    state.out.sendSafe(from, { type: 'vote', term, isPre: ask.isPre, isGranted, leader })
  }

  /** Rule 5: whoever leads must have all that is decided. */
  #isUpToDate({ lastTerm, lastIndex }: AskVote): boolean {
    const { log } = this.#state
    return lastTerm > log.lastTerm || (lastTerm === log.lastTerm && lastIndex >= log.lastIndex)
  }

  #isFree(from: number, ask: AskVote): boolean {
    const { term, vote } = this.#state
    if (ask.isPre) return ask.term > term
    return ask.term === term && (vote === 0 || vote === from)
  }
}
