// The cluster's facts: what any node may look up in the state of the cluster. Nothing that was handed out changes later.
import type { Ended } from './decision.ts'
import type { Home } from './home.ts'
import type { Member } from './member.ts'

/** Who holds a named lease. */
export interface Lease {
  readonly name: string
  readonly member: number
  readonly epoch: number
}

/** One part of all keys, and who has the entities in it. */
export interface Shard {
  readonly shard: number
  /** 0 if nobody can have it. */
  readonly owner: number
  /** Rises with each owner. */
  readonly epoch: number
  /** Who has to shed it before the owner may begin; 0 if the owner may. */
  readonly from: number
}

export interface ClusterFacts {
  /** Rises with each change of a member but its load. */
  readonly view: number
  /** The highest that was given, for any name. */
  readonly lastEpoch: number
  readonly memberCount: number
  readonly homeCount: number
  member(number: number): Member | undefined
  memberByPeer(peer: string): Member | undefined
  memberByName(name: string): Member | undefined
  memberByUid(uid: string): Member | undefined
  /** By number, the lowest first. */
  members(): Iterable<Member>
  home(top: string): Home | undefined
  /** The root under which a path lies: the longest one that begins it. */
  under(path: string): Home | undefined
  /** The roots whose paths begin with this path, and those with whose paths it begins; all of them share a node. */
  kinOf(path: string): Home[]
  homes(): Iterable<Home>
  /** 0: those that nobody has. */
  homesOf(member: number): Iterable<Home>
  homeCountOf(member: number): number
  setting(key: string): string | undefined
  settings(): Iterable<readonly [key: string, value: string]>
  lease(name: string): Lease | undefined
  leases(): Iterable<Lease>
  /** All of them, by number from 0. */
  shards(): readonly Shard[]
  isRevoked(peer: string): boolean
  revoked(): Iterable<string>
  /** Why members are no more: the last ones, the oldest first. */
  ended(): readonly Ended[]
}
