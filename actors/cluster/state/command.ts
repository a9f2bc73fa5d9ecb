// A command: what a member asks of the cluster's state, through the council's log. Plain data; times are facts of whoever proposes it.
import type { PeerId } from '../../../runtime/transport.ts'
import type { Decision } from './decision.ts'
import type { OnLoss } from './home.ts'
import type { Member, MemberKind } from './member.ts'

/** Claims, releases or moves in one command; also as many as fit, see `claimsThatFit`. */
export const batchMax = 96

/** A name that is wanted. */
export interface Claim {
  readonly top: string
  readonly onLoss: OnLoss
  /** `name@version`. */
  readonly definition: string
  readonly spec: Uint8Array
  readonly isSingleton: boolean
  /** Drawn by the claimer, for each claim another: a claim that is sent again after its answer was lost is answered as before. */
  readonly ticket: number
}

/** A root as somebody last knew it. */
export interface HomeMark {
  readonly top: string
  readonly epoch: number
}

/** A shard as somebody last knew it. */
export interface ShardMark {
  readonly shard: number
  readonly epoch: number
}

/**
 * A process wants to be a member. The same `uid` again gets the same number; another `uid` of the same peer ends the member that it was
 * before, in the same command.
 */
export interface Join {
  readonly type: 'join'
  readonly peer: PeerId
  readonly uid: string
  readonly name: string
  readonly kind: MemberKind
  readonly addresses: readonly string[]
  readonly labels: readonly string[]
  readonly hosts: readonly string[]
  readonly atMs: number
}

/** What a member says of itself has changed; what is left out stays. */
export interface Update extends Partial<Pick<Member, 'addresses' | 'labels' | 'hosts' | 'load' | 'door'>> {
  readonly type: 'update'
  readonly number: number
}

/** It is ready for roots; also ends a drain. */
export interface Up {
  readonly type: 'up'
  readonly number: number
}

/** It takes no new roots, and gives its shards away. */
export interface Drain {
  readonly type: 'drain'
  readonly number: number
}

/** It ends in order. What it still has is lost as if it had been removed. */
export interface Leave {
  readonly type: 'leave'
  readonly number: number
  readonly atMs: number
}

/** The others have decided that it is gone. */
export interface Remove {
  readonly type: 'remove'
  readonly number: number
  readonly decision: Decision
}

/** No process with these keys may be a member any more; the one that is, is removed. */
export interface Revoke {
  readonly type: 'revoke'
  readonly peer: PeerId
  readonly decision: Decision
}

/** Takes a revocation back. */
export interface Pardon {
  readonly type: 'pardon'
  readonly peer: PeerId
}

/** Each claim stands or falls for itself. */
export interface ClaimHomes {
  readonly type: 'claim'
  readonly member: number
  readonly claims: readonly Claim[]
}

/** Roots have ended; each that `member` still has at that epoch is let go. With member 0 those that nobody has any more: an operator's word. */
export interface ReleaseHomes {
  readonly type: 'release'
  readonly member: number
  readonly homes: readonly HomeMark[]
}

/** Compare and swap, all or nothing: if each has still that epoch, all go to `to`. Whoever shares a path has to go along. */
export interface RehomeHomes {
  readonly type: 'rehome'
  readonly homes: readonly HomeMark[]
  readonly to: number
}

/** Roots that `member` took over from a lost one run again. */
export interface SettleHomes {
  readonly type: 'settle'
  readonly member: number
  readonly homes: readonly HomeMark[]
}

/** Shards that were given to another member are empty here: the other may begin. */
export interface Shed {
  readonly type: 'shed'
  readonly member: number
  readonly shards: readonly ShardMark[]
}

/** Takes a named lease, until it is given back or its holder is no member any more. Its holder may ask again. */
export interface TakeLease {
  readonly type: 'lease'
  readonly name: string
  readonly member: number
}

export interface EndLease {
  readonly type: 'unlease'
  readonly name: string
  readonly member: number
  readonly epoch: number
}

/** A setting of the whole cluster; without a value it is deleted. */
export interface SetSetting {
  readonly type: 'set'
  readonly key: string
  readonly value?: string
}

export type Command =
  | Join
  | Update
  | Up
  | Drain
  | Leave
  | Remove
  | Revoke
  | Pardon
  | ClaimHomes
  | ReleaseHomes
  | RehomeHomes
  | SettleHomes
  | Shed
  | TakeLease
  | EndLease
  | SetSetting
