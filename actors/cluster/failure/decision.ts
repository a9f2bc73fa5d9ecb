// A decision about a member: kept, waited for or removed, with all it rests on; plain data that is stored and explained.
import type { MemberNumber, Opinion } from './opinion.ts'
import type { LeaseTiming } from './timing.ts'

export interface MemberFacts {
  readonly member: MemberNumber
  readonly name: string
  readonly isVoter: boolean
  /** When the leader received the last heartbeat that it acknowledged; -Infinity is written as undefined. */
  readonly grantedMs: number | undefined
  /** What it has said last; undefined before it has said anything. Of the leader: what it thinks itself. */
  readonly report: Report | undefined
}

/** What one member has said in its last heartbeat. */
export interface Report {
  readonly receivedMs: number
  /** The longest stall of its event loop lately. */
  readonly lagMs: number
  /** Whether its own lease was valid when it said so: to one that is cut off itself everybody is silent. */
  readonly isActing: boolean
  /** How long ago it had heard the leader when it said so; undefined if never. */
  readonly leaderHeardMs: number | undefined
  readonly opinions: readonly Opinion[]
}

/** All that the leader of the council knows when it judges, on its own clock. */
export interface Facts {
  readonly atMs: number
  /** The council's view and term in which it judges. */
  readonly view: number
  readonly term: number
  readonly leader: MemberNumber
  /** The start of the latest round of the council that a quorum has answered; undefined before the first in this term. */
  readonly confirmedMs: number | undefined
  /** No leader before this one has acknowledged a heartbeat that was received later. */
  readonly grantsBeforeMs: number
  /** The longest stall of the leader's own event loop lately. */
  readonly lagMs: number
  readonly timing: LeaseTiming
  readonly members: readonly MemberFacts[]
}

/**
 * `gone` its address refuses connections · `silent` most of those that listen do not hear it · `deaf` it is heard, and hears neither the leader nor
 * most others · `cut-off` it and the leader do not hear each other · `link-broken` it and another do not, and it is the one to go.
 */
export type RemovalReason = 'gone' | 'silent' | 'deaf' | 'cut-off' | 'link-broken'

/**
 * `trusted` no reason to remove it · `outvoted` too few agree · `too-soon` it has not been silent long enough · `leader` it judges itself ·
 * `leader-unsure` the leader may be the one that is cut off · `leader-stalled` the leader itself stalled a moment ago.
 */
export type KeepReason = 'trusted' | 'outvoted' | 'too-soon' | 'leader' | 'leader-unsure' | 'leader-stalled'

/** What is to be done. `wait`: it is to be removed, is given no more lease, and may hold one until then. */
export type Judgement =
  | { readonly act: 'keep'; readonly why: KeepReason }
  | { readonly act: 'wait'; readonly why: RemovalReason; readonly untilMs: number }
  | { readonly act: 'remove'; readonly why: RemovalReason }

/** One voice that counted. */
export interface Voice extends Opinion {
  readonly observer: MemberNumber
  /** Whether it counts: the observer held a lease when it said so. */
  readonly isActing: boolean
  /** How old it was when it was counted. */
  readonly ageMs: number
}

/** A judgement with its inputs. Times are of the leader's monotonic clock; `wallMs` is for people. */
export interface FailureDecision {
  readonly subject: MemberNumber
  readonly name: string
  readonly judgement: Judgement
  readonly atMs: number
  readonly wallMs: number
  readonly view: number
  readonly term: number
  readonly leader: MemberNumber
  /** Who was listened to: those whose last word was fresh enough and who had not stalled. */
  readonly listened: readonly MemberNumber[]
  /** Who spoke against it. */
  readonly against: readonly Voice[]
  /** Of the voters, who was heard; and how many make a quorum. */
  readonly votersHeard: readonly MemberNumber[]
  readonly quorum: number
  /** How long ago the round began that a quorum answered last; undefined if none has. */
  readonly confirmedAgoMs: number | undefined
  /** When its lease can have been valid last, on the leader's clock. */
  readonly leaseOverMs: number
  readonly grantedMs: number | undefined
  readonly timing: LeaseTiming
}
