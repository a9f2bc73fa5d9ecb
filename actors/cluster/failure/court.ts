// A court: the leader's part in failure. It collects what members say of each other, acknowledges heartbeats, and decides who is removed.
import { Grants } from './grants.ts'
import { decide, firstRemoval } from './judge.ts'
import { reportFreshMs } from './timing.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { Facts, FailureDecision, Report } from './decision.ts'
import type { MemberNumber } from './opinion.ts'
import type { LeaseTiming } from './timing.ts'

/** A member as the council knows it. */
export interface WatchedMember {
  readonly member: MemberNumber
  readonly name: string
  readonly isVoter: boolean
}

/** The members of one view; those that have left or were removed are none. */
export interface WatchedView {
  readonly view: number
  readonly members: readonly WatchedMember[]
}

export interface Leadership {
  readonly term: number
  /** See `GrantsOptions`. */
  readonly grantsBeforeMs: number
}

export interface CourtOptions extends Leadership {
  readonly self: MemberNumber
  readonly clock: Clock
  readonly timing: LeaseTiming
  readonly grant: (member: MemberNumber, sequence: number) => void
}

/** One for each term in which this node leads. */
export class Court {
  readonly #options: CourtOptions
  readonly #grants: Grants
  readonly #reports = new Map<MemberNumber, Report>()
  /** The last decision about each member that somebody speaks against. */
  readonly #decisions = new Map<MemberNumber, FailureDecision>()
  #view: WatchedView
  #confirmedMs: number | undefined = undefined
  /** Its removal was decided, and the council has not said yet what came of it. */
  #pending: MemberNumber | undefined = undefined

  constructor(options: CourtOptions, view: WatchedView) {
    this.#options = options
    this.#view = view
    this.#grants = new Grants(options)
  }

  get decisions(): readonly FailureDecision[] {
    return [...this.#decisions.values()]
  }

  /** When a decision that waits is due; Infinity without one. */
  get dueMs(): number {
    const waits = this.decisions.map(({ judgement }) =>
      judgement.act === 'wait' ? judgement.untilMs : Infinity,
    )
    return Math.min(Infinity, ...waits)
  }

  mayRemove(member: MemberNumber): boolean {
    return this.#grants.mayRemove(member, this.#options.clock.now())
  }

  view(view: WatchedView): void {
    this.#view = view
    const living = new Set(view.members.map(({ member }) => member))
    const known = new Set([...this.#reports.keys(), ...this.#decisions.keys()])
    for (const gone of known) {
      if (living.has(gone)) continue
      this.#reports.delete(gone)
      this.#decisions.delete(gone)
      this.#grants.forget(gone)
    }
    if (this.#pending !== undefined && !living.has(this.#pending)) this.#pending = undefined
  }

  /** A member has said what it thinks of the others; `sequence` is of the heartbeat that said it. */
  report(member: MemberNumber, sequence: number, report: Report): void {
    if (!this.#view.members.some((one) => one.member === member)) return
    this.#reports.set(member, report)
    // Who does not hear this leader cannot hear an acknowledgement either, and one that is lost would only put off its removal.
    if ((report.leaderHeardMs ?? 0) <= reportFreshMs) this.#grants.heard(member, sequence, report.receivedMs)
  }

  confirmed(beganMs: number): void {
    if (this.#confirmedMs !== undefined && beganMs <= this.#confirmedMs) return
    this.#confirmedMs = beganMs
    this.#grants.confirmed(beganMs)
  }

  /** The council will certainly not remove it, as was decided. Whoever does not know calls nothing: the next view, or term, will tell. */
  refused(member: MemberNumber): void {
    if (this.#pending === member) this.#pending = undefined
  }

  /** Judges everybody. @returns the removal that is to be proposed now, if any */
  judge(own: Report): FailureDecision | undefined {
    this.#reports.set(this.#options.self, own)
    const subjects = this.#subjects()
    if (subjects.length === 0 && this.#decisions.size === 0) {
      this.#grants.withhold(this.#condemned())
      return undefined
    }
    const facts = this.#facts(own)
    this.#decisions.clear()
    for (const subject of subjects) {
      const decision = decide(facts, subject, this.#options.clock.wall())
      if (decision.judgement.why !== 'trusted') this.#decisions.set(subject, decision)
    }
    const first = this.#pending === undefined ? firstRemoval(this.decisions) : undefined
    this.#pending ??= first?.subject
    this.#grants.withhold(this.#condemned())
    return first
  }

  /** Whom anybody speaks against, and who speaks against somebody. */
  #subjects(): MemberNumber[] {
    const subjects = new Set<MemberNumber>()
    for (const [observer, { opinions }] of this.#reports) {
      for (const { member } of opinions) subjects.add(member).add(observer)
    }
    subjects.delete(this.#options.self)
    return this.#view.members.map(({ member }) => member).filter((member) => subjects.has(member))
  }

  #condemned(): Set<MemberNumber> {
    const condemned = this.decisions.filter(({ judgement }) => judgement.act !== 'keep')
    const members = new Set(condemned.map(({ subject }) => subject))
    if (this.#pending !== undefined) members.add(this.#pending)
    return members
  }

  #facts(own: Report): Facts {
    const { self, term, grantsBeforeMs, timing, clock } = this.#options
    return {
      atMs: clock.now(),
      view: this.#view.view,
      term,
      leader: self,
      confirmedMs: this.#confirmedMs,
      grantsBeforeMs,
      lagMs: own.lagMs,
      timing,
      members: this.#view.members.map((member) => ({
        ...member,
        grantedMs: this.#grants.grantedMs(member.member),
        report: this.#reports.get(member.member),
      })),
    }
  }
}
