// cluster simulate-partition: thinks through who would act, freeze or be removed if links between nodes were cut.
import { argumentInvalid } from './input.ts'
import { clusterOf } from './cluster-of.ts'
import { cutBetween, simulatePartition } from '../../actors/cluster/failure/partition.ts'
import { inMain } from './where.ts'
import { isTrusted } from '../../actors/cluster/state/member.ts'
import { memberCalled } from './member-called.ts'
import { seatOf } from '../cluster/seat.ts'
import { text } from './parameter.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { MainVerb } from './verb.ts'
import type {
  PartitionFacts,
  PartitionFate,
  PartitionMember,
} from '../../actors/cluster/failure/partition.ts'

export interface SimulateInput {
  readonly sides: string
}

export interface SimulatedNode {
  readonly node: string
  /** Which side it is on, from 1. */
  readonly side: number
  readonly fate: PartitionFate
  /** Roots of others that would come to it. */
  readonly gains: number
}

export interface Simulated {
  readonly sides: readonly (readonly string[])[]
  /** Who would lead; null if nobody can. */
  readonly leader: string | null
  readonly quorum: number
  readonly nodes: readonly SimulatedNode[]
  readonly waiting: number
  readonly stopped: number
  readonly homeless: number
  /** The same for people. */
  readonly lines: readonly string[]
}

/** Roots that are counted: what comes after is like what came before. */
const homesCountedMax = 100_000

export const simulate: MainVerb<SimulateInput, Simulated> = {
  name: 'cluster simulate-partition',
  summary: 'Tells what would happen if the links between groups of nodes were cut. Nothing is cut.',
  details:
    'Sides are names joined by commas, divided by "|"; who is not named stands together on one more side. It says how it ends, not how it gets there.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: { sides: { ...text('who stays together: a,b|c'), place: 'option' } },
  examples: [`cluster simulate-partition --sides 'a,b|c'`, 'cluster simulate-partition --sides c'],
  where: () => inMain,
  run(node, { sides: text_ }) {
    const cluster = clusterOf(node, 'cluster simulate-partition')
    const sides = sidesFrom(cluster, text_)
    const facts = factsOf(cluster, sides)
    const outcome = simulatePartition(facts)
    const nameOf = (number: number): string => cluster.facts.member(number)?.name ?? String(number)
    return {
      sides: sides.map((side) => side.map(nameOf)),
      leader: outcome.leader === undefined ? null : nameOf(outcome.leader),
      quorum: outcome.quorum,
      nodes: facts.members.map(({ member, name }) => ({
        node: name,
        side: sides.findIndex((side) => side.includes(member)) + 1,
        fate: outcome.fates.get(member) ?? 'frozen',
        gains: outcome.rehomed.get(member) ?? 0,
      })),
      waiting: outcome.waiting,
      stopped: outcome.stopped,
      homeless: outcome.homeless,
      lines: outcome.lines,
    }
  },
}

/** @throws {Fault} `node-unknown` · `argument-invalid` a node stands on two sides, or there is one side alone */
function sidesFrom({ facts }: Cluster, written: string): number[][] {
  const place = { verb: 'cluster simulate-partition', name: 'sides' }
  const named = written.split('|').map((side) =>
    side
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => memberCalled(facts, name, place.verb).number),
  )
  const all = named.flat()
  if (new Set(all).size < all.length) throw argumentInvalid(place, written, 'sides that share no node')
  const rest = [...facts.members()].map(({ number }) => number).filter((number) => !all.includes(number))
  const sides = [...named, rest].filter((side) => side.length > 0)
  if (sides.length > 1) return sides
  throw argumentInvalid(place, written, 'two sides or more', 'Divide the names with "|", or leave some out.')
}

function factsOf(cluster: Cluster, sides: readonly (readonly number[])[]): PartitionFacts {
  const { facts, agreement } = cluster
  const { voters, leader } = agreement.council
  const members: PartitionMember[] = [...facts.members()].map((member) => ({
    member: member.number,
    name: member.name,
    isVoter: voters.includes(seatOf(member.peer)),
    roots: rootsOf(cluster, member.number),
    canHost: isTrusted(member) && member.status === 'up',
  }))
  const cut = sides.flatMap((side, index) =>
    sides.slice(index + 1).flatMap((other) => cutBetween(side, other)),
  )
  const leading = [...facts.members()].find(({ peer }) => seatOf(peer) === leader)
  return { members, leader: leading?.number, cut }
}

function rootsOf({ facts }: Cluster, member: number): PartitionMember['roots'] {
  const roots = { rehome: 0, wait: 0, stop: 0 }
  let counted = 0
  for (const { onLoss } of facts.homesOf(member)) {
    roots[onLoss]++
    if (++counted >= homesCountedMax) break
  }
  return roots
}
