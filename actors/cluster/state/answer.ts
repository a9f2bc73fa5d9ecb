// An answer: what became of a command. Plain data; a refusal changes nothing.
import type { HomeSite } from './home.ts'

/**
 * Why a command was refused. `member-unknown` there is no such member, or not any more · `member-revoked` its keys are kept out ·
 * `member-ended` a process joins whose member is no more · `member-draining` it takes no new roots · `name-taken` a living member has that
 * name · `home-stale` the root has another epoch, or is gone · `place-split` kin would be parted. The order is that of their numbers in an answer.
 */
export const refusalCodes = [
  'member-unknown',
  'member-revoked',
  'member-ended',
  'member-draining',
  'name-taken',
  'cluster-full',
  'homes-full',
  'home-stale',
  'place-split',
  'lease-taken',
  'leases-full',
  'settings-full',
  'revocations-full',
  'command-malformed',
] as const

export type RefusalCode = (typeof refusalCodes)[number]

export interface Refusal {
  readonly type: 'refused'
  readonly code: RefusalCode
  /** How things stood, for people, without a full stop. */
  readonly why: string
  /** The home that is in the way; of `home-stale` the one that there is, if there is one. */
  readonly home?: HomeSite
}

export interface Claimed {
  readonly type: 'claimed'
  readonly epoch: number
}

/** Somebody has it. */
export interface Taken {
  readonly type: 'taken'
  readonly home: HomeSite
}

/** What became of one claim. */
export type ClaimResult = Claimed | Taken | Refusal

export interface Joined {
  readonly type: 'joined'
  readonly number: number
  readonly view: number
}

/** In the order of the claims. */
export interface Claims {
  readonly type: 'claims'
  readonly results: readonly ClaimResult[]
}

/** So many homes were let go or settled, shards shed, leases ended; the others were not as said. */
export interface Counted {
  readonly type: 'counted'
  readonly count: number
}

/** In the order of the homes. */
export interface Rehomed {
  readonly type: 'rehomed'
  readonly epochs: readonly number[]
}

export interface Leased {
  readonly type: 'leased'
  readonly epoch: number
}

export interface Done {
  readonly type: 'done'
  readonly view: number
}

export type Answer = Joined | Claims | Counted | Rehomed | Leased | Done | Refusal
