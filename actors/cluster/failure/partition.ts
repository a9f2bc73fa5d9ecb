// A partition, thought through: who would keep the quorum, who would freeze and be removed, and where roots would go, if links were cut.
import { decide, firstRemoval, quorumOf } from './judge.ts'
import { factsAfterCut, Links } from './partition-links.ts'
import type { MemberNumber } from './opinion.ts'

export interface PartitionMember {
  readonly member: MemberNumber
  readonly name: string
  readonly isVoter: boolean
  /** Roots that live there, by what becomes of them when it is lost. */
  readonly roots: Readonly<Record<'rehome' | 'wait' | 'stop', number>>
  /** Whether roots of others may come to it. */
  readonly canHost: boolean
}

export interface PartitionFacts {
  readonly members: readonly PartitionMember[]
  /** Who leads now; if it keeps a quorum, it goes on. */
  readonly leader: MemberNumber | undefined
  /** Directed: what the first sends does not reach the second. */
  readonly cut: readonly (readonly [from: MemberNumber, to: MemberNumber])[]
}

/** What one member would come to. `frozen`: it may not do what is unique, and nobody removes it. */
export type PartitionFate = 'acts' | 'removed' | 'frozen'

export interface PartitionOutcome {
  /** Who would lead; undefined if nobody can. */
  readonly leader: MemberNumber | undefined
  readonly quorum: number
  readonly fates: ReadonlyMap<MemberNumber, PartitionFate>
  /** How many roots go to each member, spread evenly. */
  readonly rehomed: ReadonlyMap<MemberNumber, number>
  readonly waiting: number
  readonly stopped: number
  /** Roots that nobody can take. */
  readonly homeless: number
  /** The same for people. */
  readonly lines: readonly string[]
}

/** All links between two groups, both ways. */
export function cutBetween(
  a: readonly MemberNumber[],
  b: readonly MemberNumber[],
): (readonly [MemberNumber, MemberNumber])[] {
  return a.flatMap((one) => b.flatMap((other) => [[one, other] as const, [other, one] as const]))
}

/**
 * Says how it ends, not how it gets there: judges as a leader would whose members have been cut off for long, removes, and judges again. In the
 * end a member acts if it holds a lease: that takes both ways between it and a leader which has both ways to a quorum.
 */
export function simulatePartition(facts: PartitionFacts): PartitionOutcome {
  const links = new Links(facts.cut)
  const leader = leaderOf(facts, links)
  const left = leader === undefined ? facts.members : survivors(facts.members, leader, links)
  const fates = new Map<MemberNumber, PartitionFate>()
  for (const one of facts.members) {
    const { member } = one
    const acts = leader !== undefined && (member === leader || links.isWhole(leader, member))
    if (!left.includes(one)) fates.set(member, 'removed')
    else fates.set(member, acts ? 'acts' : 'frozen')
  }
  const quorum = quorumOf(facts.members.filter(({ isVoter }) => isVoter).length)
  const outcome = { leader, quorum, fates, ...moves(facts.members, fates) }
  return { ...outcome, lines: linesOf(facts, outcome) }
}

/** Who is left when the leader has removed all that it would remove, one after the other. */
function survivors(
  members: readonly PartitionMember[],
  leader: MemberNumber,
  links: Links,
): readonly PartitionMember[] {
  let left = members
  for (;;) {
    const known = factsAfterCut(left, leader, links)
    const first = firstRemoval(left.map(({ member }) => decide(known, member, 0)))
    if (first === undefined) return left
    left = left.filter(({ member }) => member !== first.subject)
  }
}

/**
 * The one that leads stays if it can; else of those that can, who reaches most of the voters, then the lowest number: who wins an election in truth
 * is a matter of chance, but not that there is only one.
 */
function leaderOf({ members, leader }: PartitionFacts, links: Links): MemberNumber | undefined {
  const voters = members.filter(({ isVoter }) => isVoter).map(({ member }) => member)
  const reach = (voter: MemberNumber): number =>
    voters.filter((other) => other === voter || links.isWhole(voter, other)).length
  const able = voters.filter((voter) => reach(voter) >= quorumOf(voters.length))
  if (leader !== undefined && able.includes(leader)) return leader
  return able.toSorted((a, b) => reach(b) - reach(a) || a - b)[0]
}

type Moved = Pick<PartitionOutcome, 'rehomed' | 'waiting' | 'stopped' | 'homeless'>

function moves(members: readonly PartitionMember[], fates: ReadonlyMap<MemberNumber, PartitionFate>): Moved {
  const lost = members.filter(({ member }) => fates.get(member) === 'removed')
  const hosts = members.filter(({ member, canHost }) => canHost && fates.get(member) === 'acts')
  const sum = (what: 'rehome' | 'wait' | 'stop'): number =>
    lost.reduce((total, { roots: here }) => total + here[what], 0)
  const homing = sum('rehome')
  const rehomed = new Map(
    hosts.map(({ member }, index) => [
      member,
      Math.floor(homing / hosts.length) + (index < homing % hosts.length ? 1 : 0),
    ]),
  )
  return {
    rehomed,
    waiting: sum('wait'),
    stopped: sum('stop'),
    homeless: hosts.length === 0 ? homing : 0,
  }
}

function linesOf(facts: PartitionFacts, outcome: Omit<PartitionOutcome, 'lines'>): string[] {
  const { leader, quorum, fates, rehomed, waiting, stopped, homeless } = outcome
  const names = (fate: PartitionFate): string[] =>
    facts.members.filter(({ member }) => fates.get(member) === fate).map(({ name }) => name)
  const nameOf = (number: MemberNumber): string =>
    facts.members.find(({ member }) => member === number)?.name ?? String(number)
  const voterCount = facts.members.filter(({ isVoter }) => isVoter).length
  if (leader === undefined) {
    return [
      `nobody reaches ${quorum} of ${voterCount} voters: nobody leads, and nobody is removed`,
      `freezes: ${names('frozen').join(', ')}`,
    ]
  }
  const kept = leader === facts.leader ? 'goes on to lead' : 'would lead'
  const lines = [`${nameOf(leader)} ${kept}: it reaches ${quorum} or more of ${voterCount} voters`]
  lines.push(`acts: ${names('acts').join(', ')}`)
  const frozen = names('frozen')
  if (frozen.length > 0) lines.push(`freezes: ${frozen.join(', ')}`)
  const removed = names('removed')
  lines.push(
    removed.length === 0 ? 'removed: nobody' : `freezes, and is removed after that: ${removed.join(', ')}`,
  )
  for (const [member, count] of rehomed) {
    if (count > 0) lines.push(`${nameOf(member)} takes over ${rootsOf(count)}`)
  }
  if (homeless > 0) lines.push(`${rootsOf(homeless)} found nobody who may host them`)
  if (waiting > 0) lines.push(`${rootsOf(waiting)} would wait for their node`)
  if (stopped > 0) lines.push(`${rootsOf(stopped)} would stop`)
  return lines
}

function rootsOf(count: number): string {
  return count === 1 ? '1 root' : `${count} roots`
}
