// A small council for simulations: terms, votes and one replicated value, the roll of members; Raft without a log.
import { invariant } from '../../../../runtime/invariant.ts'
import type { Leadership } from '../../../../actors/cluster/failure/court.ts'
import type { Clock } from '../../../../runtime/clock.ts'
import type { Random } from '../../../../runtime/random.ts'

export interface Roll {
  readonly view: number
  readonly members: readonly number[]
  readonly voters: readonly number[]
}

export type CouncilMessage =
  | {
      readonly type: 'round'
      readonly term: number
      readonly began: number
      readonly roll: Roll
      readonly rollTerm: number
      readonly committed: number
    }
  | { readonly type: 'followed'; readonly term: number; readonly began: number; readonly view: number }
  | {
      readonly type: 'vote?'
      readonly term: number
      readonly isTrial: boolean
      readonly view: number
      readonly rollTerm: number
    }
  | { readonly type: 'vote'; readonly term: number; readonly isTrial: boolean; readonly heardAgoMs: number }

export interface SmallCouncilOptions {
  readonly self: number
  readonly clock: Clock
  readonly random: Random
  readonly roundMs: number
  /** Who has not heard a leader for so long, to twice as long, stands for election. */
  readonly electionMs: number
  readonly roll: Roll
  readonly send: (to: number, message: CouncilMessage) => void
  readonly leads: (leadership: Leadership) => void
  readonly follows: (leader: number | undefined) => void
  readonly confirmed: (beganMs: number) => void
  readonly applied: (roll: Roll) => void
}

export class SmallCouncil {
  readonly #options: SmallCouncilOptions
  term = 0
  #votedTerm = 0
  #roll: Roll
  #rollTerm = 0
  #committed = 1
  #applied = 1
  #role: 'leader' | 'follower' = 'follower'
  #isSettled = false
  #heardMs = -Infinity
  #timeoutMs: number
  #grantsBeforeMs = 0
  #electedMs = 0
  readonly #followed = new Map<number, { began: number; view: number }>()
  readonly #votes = new Map<number, number>()
  #trial = 0
  /** The highest term that anybody has asked for. */
  #seenTerm = 0

  constructor(options: SmallCouncilOptions) {
    this.#options = options
    this.#roll = options.roll
    this.#timeoutMs = options.electionMs
  }

  get isLeading(): boolean {
    return this.#role === 'leader' && this.#isSettled
  }

  start(): void {
    this.#heardMs = this.#options.clock.now()
    this.#electLater()
    // Each in a rhythm of its own: in step they would stand for election in step.
    const { clock, random, roundMs } = this.#options
    clock.alarm(clock.now() + roundMs * random.next(), () => this.#tick())
  }

  /** Proposes the removal of a member. @returns false if it certainly does not happen */
  remove(member: number): boolean {
    const { view, members, voters } = this.#roll
    if (!this.isLeading || this.#committed !== view) return false
    const rest = (list: readonly number[]): number[] => list.filter((one) => one !== member)
    this.#roll = { view: view + 1, members: rest(members), voters: rest(voters) }
    this.#rollTerm = this.term
    this.#round()
    return true
  }

  receive(from: number, message: CouncilMessage): void {
    switch (message.type) {
      case 'round':
        return this.#follow(from, message)
      case 'followed':
        if (this.#role !== 'leader' || message.term !== this.term) return
        this.#followed.set(from, message)
        return this.#count()
      case 'vote?':
        return this.#vote(from, message)
      case 'vote':
        return this.#elected(from, message)
    }
  }

  get #isVoter(): boolean {
    return this.#roll.voters.includes(this.#options.self)
  }

  get #quorum(): number {
    return Math.floor(this.#roll.voters.length / 2) + 1
  }

  #tick(): void {
    const { clock, roundMs } = this.#options
    clock.alarm(clock.now() + roundMs, () => this.#tick())
    if (this.#role === 'leader') {
      this.#round()
      // Check-quorum: who is not followed any more steps down.
      const since = Math.max(this.#confirmedMs, this.#electedMs)
      if (clock.now() - since > 2 * this.#options.electionMs) this.#stepDown()
      return
    }
    if (!this.#isVoter || clock.now() - this.#heardMs < this.#timeoutMs) return
    this.#electLater()
    this.#heardMs = Math.max(this.#heardMs, clock.now() - this.#options.electionMs)
    this.#votes.clear()
    this.#trial = Math.max(this.term, this.#seenTerm) + 1
    this.#ask(this.#trial, true)
  }

  #electLater(): void {
    this.#timeoutMs = this.#options.electionMs * (1 + this.#options.random.next())
  }

  #ask(term: number, isTrial: boolean): void {
    const { self } = this.#options
    const ask = { type: 'vote?', term, isTrial, view: this.#roll.view, rollTerm: this.#rollTerm } as const
    this.#toVoters(ask)
    this.#elected(self, {
      type: 'vote',
      term,
      isTrial,
      heardAgoMs: this.#options.clock.now() - this.#lastLedMs,
    })
  }

  /** When this node last followed a leader or led. */
  #lastLedMs = -Infinity

  #vote(from: number, { term, isTrial, view, rollTerm }: CouncilMessage & { type: 'vote?' }): void {
    const { clock, send } = this.#options
    this.#seenTerm = Math.max(this.#seenTerm, term)
    if (term <= this.term || (!isTrial && term <= this.#votedTerm)) return
    const hasLeader = this.#role === 'leader' || clock.now() - this.#heardMs < this.#options.electionMs
    const isBehind = rollTerm < this.#rollTerm || (rollTerm === this.#rollTerm && view < this.#roll.view)
    if (hasLeader || isBehind) return
    if (!isTrial) {
      this.#votedTerm = term
      this.term = term
    }
    send(from, { type: 'vote', term, isTrial, heardAgoMs: clock.now() - this.#lastLedMs })
  }

  #elected(from: number, { term, isTrial, heardAgoMs }: CouncilMessage & { type: 'vote' }): void {
    const { clock, self } = this.#options
    if (this.#role === 'leader' || term !== this.#trial) return
    if (isTrial ? term <= this.term : term !== this.term) return
    if (!this.#roll.voters.includes(from)) return
    this.#votes.set(from, clock.now() - heardAgoMs)
    if (this.#votes.size < this.#quorum) return
    const heard = [...this.#votes.values()]
    this.#votes.clear()
    if (isTrial) {
      if (term <= this.#votedTerm) return
      this.term = term
      this.#votedTerm = term
      return this.#ask(term, false)
    }
    this.#role = 'leader'
    this.#isSettled = false
    this.#electedMs = clock.now()
    this.#grantsBeforeMs = Math.max(...heard)
    this.#followed.clear()
    // As a log's first entry of the term is: what was not committed before is, or is not, by it.
    this.#rollTerm = term
    this.#followed.set(self, { began: clock.now(), view: this.#roll.view })
    this.#round()
  }

  #round(): void {
    const { clock, self } = this.#options
    this.#lastLedMs = clock.now()
    this.#followed.set(self, { began: clock.now(), view: this.#roll.view })
    const committed = this.#isSettled ? this.#committed : 0
    this.#toAll({
      type: 'round',
      term: this.term,
      began: clock.now(),
      roll: this.#roll,
      rollTerm: this.#rollTerm,
      committed,
    })
    this.#count()
  }

  #confirmedMs = -Infinity

  #count(): void {
    const heard = this.#roll.voters.flatMap((voter) => this.#followed.get(voter) ?? [])
    if (heard.length < this.#quorum) return
    const began = heard.map((one) => one.began).toSorted((a, b) => b - a)[this.#quorum - 1]!
    const view = heard.map((one) => one.view).toSorted((a, b) => b - a)[this.#quorum - 1]!
    this.#confirmedMs = began
    const { confirmed, leads } = this.#options
    if (view >= this.#roll.view) {
      this.#committed = this.#roll.view
      this.#apply()
      if (!this.#isSettled && began >= this.#electedMs) {
        this.#isSettled = true
        leads({ term: this.term, grantsBeforeMs: this.#grantsBeforeMs })
      }
    }
    if (this.#isSettled) confirmed(began)
  }

  #follow(from: number, message: CouncilMessage & { type: 'round' }): void {
    const { clock, send, follows } = this.#options
    if (message.term < this.term) return
    invariant(message.term > this.term || this.#role !== 'leader', 'Two lead in one term')
    this.#role = 'follower'
    this.term = message.term
    this.#heardMs = clock.now()
    this.#lastLedMs = clock.now()
    if (message.rollTerm >= this.#rollTerm) {
      this.#roll = message.roll
      this.#rollTerm = message.rollTerm
    }
    follows(from)
    if (message.committed >= this.#roll.view) {
      this.#committed = this.#roll.view
      this.#apply()
    }
    send(from, { type: 'followed', term: this.term, began: message.began, view: this.#roll.view })
  }

  #apply(): void {
    if (this.#applied === this.#committed) return
    this.#applied = this.#committed
    this.#options.applied(this.#roll)
  }

  #stepDown(): void {
    this.#role = 'follower'
    this.#isSettled = false
    this.#heardMs = this.#options.clock.now()
    this.#options.follows(undefined)
  }

  #toVoters(message: CouncilMessage): void {
    for (const to of this.#roll.voters) if (to !== this.#options.self) this.#options.send(to, message)
  }

  #toAll(message: CouncilMessage): void {
    for (const to of this.#roll.members) if (to !== this.#options.self) this.#options.send(to, message)
  }
}
