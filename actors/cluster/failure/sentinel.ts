// A sentinel: one node's part in noticing failure. It beats, listens, holds its own right to act and, where it leads, decides who is removed.
import { Court } from './court.ts'
import { Detector } from './detector.ts'
import { quorumOf } from './judge.ts'
import { Lease } from './lease.ts'
import { opinionsMax } from './opinion.ts'
import { beatEveryMs, leaseTimingDefault, tickEveryMs } from './timing.ts'
import type { Alarm, Clock } from '../../../runtime/clock.ts'
import type { Random } from '../../../runtime/random.ts'
import type { Leadership, WatchedView } from './court.ts'
import type { FailureDecision, Report } from './decision.ts'
import type { Beat, FailureMessage } from './failure-message.ts'
import type { MemberNumber, Opinion } from './opinion.ts'
import type { LeaseTiming } from './timing.ts'

export interface SentinelOptions {
  readonly self: MemberNumber
  readonly clock: Clock
  readonly random: Random
  /** The same on all nodes. */
  readonly timing?: LeaseTiming | undefined
  /** Hands a message to a member on the signal lane, or loses it; must not throw. */
  readonly send: (to: MemberNumber, message: FailureMessage) => void
  /** This node may no longer do what must be unique, or may again. It begins frozen. */
  readonly onFrozen: () => void
  readonly onThawed: () => void
  /**
   * On the leader: this removal is to be proposed to the council, now. No other is decided until a view without the member, or `refused`. The
   * proposal must not be repeated in a later term: what was known then may not hold.
   */
  readonly onDecision: (decision: FailureDecision) => void
  /** Whom this node does not trust has changed. */
  readonly onOpinions?: ((opinions: readonly Opinion[]) => void) | undefined
}

export class Sentinel {
  readonly lease: Lease
  readonly #options: SentinelOptions
  readonly #timing: LeaseTiming
  readonly #detector: Detector
  #view: WatchedView = { view: 0, members: [] }
  #leader: MemberNumber | undefined = undefined
  #court: Court | undefined = undefined
  #sequence = 0
  #beatMs = -Infinity
  /** Something has changed since the last heartbeat. */
  #isNews = false
  /** While it was frozen it heard less than a quorum. */
  #wasCutOff = false
  #tick: Alarm | undefined = undefined
  #due: Alarm | undefined = undefined

  constructor(options: SentinelOptions) {
    this.#options = options
    const { self, clock, random, send } = options
    this.#timing = options.timing ?? leaseTimingDefault
    this.#detector = new Detector({ self, random, send })
    this.lease = new Lease({
      clock,
      leaseMs: this.#timing.leaseMs,
      onFrozen: options.onFrozen,
      onThawed: () => this.#thawed(),
    })
  }

  /** Whom this node does not trust now. */
  get opinions(): readonly Opinion[] {
    return this.#detector.opinions(this.#options.clock.now())
  }

  /** What the leader thinks of those that somebody speaks against; empty elsewhere. */
  get decisions(): readonly FailureDecision[] {
    return this.#court?.decisions ?? []
  }

  /** Begins to beat and to listen. */
  start(): void {
    this.#tick ??= this.#next()
  }

  close(): void {
    this.#tick?.cancel()
    this.#due?.cancel()
    this.#tick = undefined
    this.lease.close()
  }

  /** The members have changed; called with this node among them as soon as it is one. */
  view(view: WatchedView): void {
    this.#view = view
    this.#detector.members(
      view.members.map(({ member }) => member),
      this.#options.clock.now(),
    )
    this.#court?.view(view)
    if (this.#court !== undefined) this.#judge()
  }

  /**
   * This node leads, and has applied an entry of its own term: before that it does not know all that was decided. Called once for each term.
   */
  leads(leadership: Leadership): void {
    const { self, clock, send } = this.#options
    this.#leader = self
    const grant = (member: MemberNumber, sequence: number): void => send(member, { type: 'grant', sequence })
    this.#court = new Court({ ...leadership, self, clock, timing: this.#timing, grant }, this.#view)
    this.#confirmAlone()
  }

  /** Another leads, or nobody. */
  follows(leader: MemberNumber | undefined): void {
    this.#leader = leader
    this.#court = undefined
    this.#due?.cancel()
    this.#due = undefined
  }

  /** On the leader: a quorum has answered a round of the council that began at this time of the node's clock. Where only this node votes nobody has to call it. */
  confirmed(beganMs: number): void {
    this.#court?.confirmed(beganMs)
    if (this.#court !== undefined) this.lease.confirmed(beganMs)
  }

  /** On the leader: the council will certainly not remove it. */
  refused(member: MemberNumber): void {
    this.#court?.refused(member)
  }

  /** A connection to the member stands. */
  connected(member: MemberNumber): void {
    this.#detector.heard(member, this.#options.clock.now())
    // Good news waits for the next tick: where a hundred connections come at a time, a heartbeat to each for each would hold up all else.
    if (this.#notices()) this.#isNews = true
    this.#weigh()
  }

  /**
   * The connection died and a new one was not to be had. @param how `refused` only if an address of its own refused it, not a relay's; the
   * new one is tried at once, not after a backoff
   */
  redialFailed(member: MemberNumber, how: 'refused' | 'unreachable'): void {
    this.#detector.peer(member)?.redialFailed(how)
    this.#look()
  }

  /** Anything else has come from the member, a message for example. */
  traffic(member: MemberNumber): void {
    this.#detector.heard(member, this.#options.clock.now())
  }

  receive(from: MemberNumber, message: FailureMessage): void {
    const nowMs = this.#options.clock.now()
    if (this.#detector.peer(from) === undefined) return
    this.#detector.receive(from, message, nowMs)
    if (message.type === 'grant') this.lease.granted(message.sequence)
    if (message.type !== 'beat' || this.#court === undefined) return
    this.#court.report(from, message.sequence, {
      receivedMs: nowMs,
      lagMs: message.lagMs,
      isActing: message.isActing,
      leaderHeardMs: message.heard === 0 ? undefined : message.heardMs,
      opinions: message.opinions,
    })
    if (message.opinions.length > 0) this.#judge()
  }

  /** Who hears no quorum is cut off itself; who only waits for a new leader goes on counting the silence of the old one. */
  #thawed(): void {
    if (this.#wasCutOff) this.#detector.pardon(this.#options.clock.now())
    this.#wasCutOff = false
    this.#options.onThawed()
  }

  #hearsQuorum(): boolean {
    const voters = this.#view.members.filter(({ isVoter }) => isVoter)
    const heard = voters.filter(({ member }) => this.#detector.peer(member)?.isSuspected !== true)
    return heard.length >= quorumOf(voters.length)
  }

  #next(): Alarm {
    const { clock } = this.#options
    const dueMs = clock.now() + tickEveryMs
    return clock.alarm(dueMs, () => {
      this.#detector.lag.fired(clock.now(), dueMs)
      this.#tick = this.#next()
      if (this.#court !== undefined) this.#confirmAlone()
      // A timer may come early by a hair of its clock's grain.
      if (this.#isNews || clock.now() - this.#beatMs >= beatEveryMs - tickEveryMs / 2) this.#beat()
      this.#look()
    })
  }

  /** Where nobody else votes there are no rounds to be answered. */
  #confirmAlone(): void {
    const { self, clock } = this.#options
    const voters = this.#view.members.filter(({ isVoter }) => isVoter)
    if (voters.length === 1 && voters[0]?.member === self) this.confirmed(clock.now())
  }

  /** Says at once what has changed: the others should not wait for the next heartbeat. */
  #look(): void {
    if (this.#notices()) this.#beat()
    this.#weigh()
  }

  /** Looks at everybody; says whether there is somebody else now whom this node does not trust, or trusts again. */
  #notices(): boolean {
    const hasChanged = this.#detector.look(this.#options.clock.now())
    if (hasChanged) this.#options.onOpinions?.(this.opinions)
    return hasChanged
  }

  #weigh(): void {
    if (!this.lease.isValid && !this.#hearsQuorum()) this.#wasCutOff = true
    if (this.#court !== undefined) this.#judge()
  }

  #beat(): void {
    const { clock, self, send } = this.#options
    this.#beatMs = clock.now()
    this.#isNews = false
    const sequence = ++this.#sequence
    this.lease.sent(sequence)
    const awakeMs = this.#detector.lag.awakeMs(this.#beatMs)
    const round: Omit<Beat, 'heard' | 'heardMs'> = {
      type: 'beat',
      member: self,
      sequence,
      view: this.#view.view,
      lagMs: Math.round(this.#detector.lag.longestMs(this.#beatMs)),
      isActing: this.lease.isValid,
      opinions: this.opinions.slice(0, opinionsMax),
    }
    for (const peer of this.#detector.peers) {
      const heardMs = Math.max(0, Math.round(awakeMs - peer.heardMs))
      send(peer.member, { ...round, heard: peer.sequence, heardMs })
    }
  }

  #judge(): void {
    const court = this.#court
    if (court === undefined) return
    const decision = court.judge(this.#report())
    this.#due?.cancel()
    this.#due = undefined
    if (court.dueMs < Infinity) {
      this.#due = this.#options.clock.alarm(Math.floor(court.dueMs) + 1, () => this.#judge())
    }
    if (decision !== undefined) this.#options.onDecision(decision)
  }

  #report(): Report {
    const nowMs = this.#options.clock.now()
    return {
      receivedMs: nowMs,
      lagMs: Math.round(this.#detector.lag.longestMs(nowMs)),
      isActing: this.lease.isValid,
      leaderHeardMs: this.#leader === this.#options.self ? 0 : undefined,
      opinions: this.#detector.opinions(nowMs),
    }
  }
}
