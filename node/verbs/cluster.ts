// cluster: tells how the cluster stands as this node sees it: its council, its lease and what it has agreed on.
import { clusterOf } from './cluster-of.ts'
import { inMain } from './where.ts'
import { seatOf } from '../cluster/seat.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { CouncilRole } from '../../actors/cluster/council/council.ts'
import type { MainVerb } from './verb.ts'
import type { MemberStatus } from '../../actors/cluster/state/member.ts'

/** It takes nothing. */
export type ClusterInput = Readonly<Record<string, never>>

export interface ClusterStanding {
  readonly cluster: string
  /** The node that was asked, and its number as a member; 0 while it is none. */
  readonly node: string
  readonly member: number
  readonly view: number
  /** The leader's name; null while this node knows of none. */
  readonly leader: string | null
  readonly role: CouncilRole
  readonly term: number
  /** Names; a voter that is no member any more by its seat. */
  readonly voters: readonly string[]
  readonly committed: number
  readonly applied: number
  /** Whether this node may do what must be unique, and for how long at least, in milliseconds. */
  readonly mayAct: boolean
  readonly leaseLeftMs: number
  readonly members: Readonly<Record<MemberStatus, number>>
  readonly homes: number
  /** Roots that nobody has at the moment, and those that were taken over and do not run yet. */
  readonly homeless: number
  readonly unsettled: number
  /** How many shards each member has, by its name; those that nobody has under an empty one. */
  readonly shards: Readonly<Record<string, number>>
  /** Calls and words of other nodes that this one has refused, by reason. */
  readonly refused: Readonly<Record<string, number>>
}

/** Roots that are looked through for those that do not run yet. */
const homesLookedMax = 100_000

export const cluster: MainVerb<ClusterInput, ClusterStanding> = {
  name: 'cluster',
  summary: 'Tells how the cluster stands as this node sees it: its council, its lease, its homes and shards.',
  details:
    'A node without a valid lease is frozen: it does nothing that must be unique. See also "cluster simulate-partition".',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {},
  examples: ['cluster', 'cluster --json'],
  where: () => inMain,
  run(node) {
    const own = clusterOf(node, 'cluster')
    const { facts, member } = own
    const { leader, role, term, voters, committed, applied } = own.agreement.council
    return {
      cluster: own.id,
      node: node.name,
      member,
      view: facts.view,
      leader: leader === undefined ? null : nameOfSeat(own, leader),
      role,
      term,
      voters: voters.map((seat) => nameOfSeat(own, seat)),
      committed,
      applied,
      mayAct: own.mayAct,
      leaseLeftMs: leaseLeftMs(own, node.runtime.host.clock.now()),
      members: statuses(own),
      homes: facts.homeCount,
      homeless: facts.homeCountOf(0),
      unsettled: unsettled(own),
      shards: shards(own),
      refused: Object.fromEntries(own.refused),
    }
  },
}

function nameOfSeat({ facts }: Cluster, seat: number): string {
  const member = [...facts.members()].find(({ peer }) => seatOf(peer) === seat)
  return member?.name ?? `seat ${seat}`
}

function leaseLeftMs({ vigil, mayAct }: Cluster, nowMs: number): number {
  const untilMs = vigil?.sentinel.lease.untilMs
  return !mayAct || untilMs === undefined ? 0 : Math.max(0, Math.round(untilMs - nowMs))
}

function statuses({ facts }: Cluster): Record<MemberStatus, number> {
  const counts = { joining: 0, up: 0, draining: 0 }
  for (const { status } of facts.members()) counts[status]++
  return counts
}

function unsettled({ facts }: Cluster): number {
  let looked = 0
  let count = 0
  for (const { isSettled, member } of facts.homes()) {
    if (!isSettled && member !== 0) count++
    if (++looked >= homesLookedMax) break
  }
  return count
}

function shards({ facts }: Cluster): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { owner } of facts.shards()) {
    const name = facts.member(owner)?.name ?? ''
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
