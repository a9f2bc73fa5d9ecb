// homes: lists the named roots of the cluster, and which node has each of them.
import { actorGlob } from '../projections/actor-glob.ts'
import { clusterOf } from './cluster-of.ts'
import { count, nodeName, option, optional, optionOr, text } from './parameter.ts'
import { inMain } from './where.ts'
import { listedDefault, listedMax } from './scan.ts'
import { memberCalled } from './member-called.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { Home, OnLoss } from '../../actors/cluster/state/home.ts'
import type { MainVerb } from './verb.ts'

export interface HomesInput {
  readonly glob: string | undefined
  readonly node: string | undefined
  readonly limit: number
}

export interface HomeLine {
  readonly path: string
  /** Who has it; empty while nobody does. */
  readonly node: string
  /** 0 while nobody has it. */
  readonly member: number
  readonly epoch: number
  readonly onLoss: OnLoss
  /** `name@version`. */
  readonly definition: string
  /** False from the loss of its node until it runs in another. */
  readonly isSettled: boolean
  readonly isSingleton: boolean
  /** The node that had it last. */
  readonly lastNode: string
}

export interface HomeList {
  readonly homes: readonly HomeLine[]
  /** All that the search found. */
  readonly total: number
}

export const homes: MainVerb<HomesInput, HomeList> = {
  name: 'homes',
  summary:
    'Lists the named roots of the cluster: which node has each, since which epoch, and what a loss means.',
  details:
    'Each node knows all of them. Roots without a name have no home: their path says where they were born.',
  risk: 'medium',
  role: 'view',
  answers: 'once',
  parameters: {
    glob: optional(text('only these: * stands for any part of a segment, ** for any segments')),
    node: option(nodeName('only those that this node has')),
    limit: optionOr(
      count(`lines at most; default ${listedDefault}`, { min: 1, max: listedMax }),
      listedDefault,
    ),
  },
  examples: ['homes', `homes 'bank/*'`, 'homes --node b'],
  where: () => inMain,
  run(node, { glob, node: named, limit }) {
    const { facts } = clusterOf(node, 'homes')
    const isWanted = glob === undefined ? () => true : actorGlob(glob)
    const wanted =
      named === undefined ? facts.homes() : facts.homesOf(memberCalled(facts, named, 'homes --node').number)
    const lines: HomeLine[] = []
    let total = 0
    for (const home of wanted) {
      if (!isWanted(home.top)) continue
      total++
      if (lines.length < limit) lines.push(lineOf(facts, home))
    }
    return { homes: lines.toSorted((a, b) => (a.path < b.path ? -1 : 1)), total }
  },
}

function lineOf(facts: ClusterFacts, home: Home): HomeLine {
  const { top, member, epoch, onLoss, definition, isSettled, isSingleton, node } = home
  return {
    path: top,
    node: facts.member(member)?.name ?? '',
    member,
    epoch,
    onLoss,
    definition,
    isSettled,
    isSingleton,
    lastNode: node,
  }
}
