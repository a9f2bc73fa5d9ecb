// drain: lets a node take no new roots, or take them again.
import { clusterOf } from './cluster-of.ts'
import { flag, nodeName } from './parameter.ts'
import { inMain } from './where.ts'
import { memberCalled } from './member-called.ts'
import { unlessAborted } from './within.ts'
import type { MainVerb } from './verb.ts'
import type { MemberStatus } from '../../actors/cluster/state/member.ts'

export interface DrainInput {
  readonly node: string
  readonly undo: boolean
}

export interface Drained {
  readonly node: string
  readonly number: number
  readonly status: MemberStatus
  /** Named roots that still live there, and the first of them. */
  readonly roots: number
  readonly paths: readonly string[]
  /** Shards that it still has, or has to let go. */
  readonly shards: number
}

/** Paths that are told. */
const pathsMax = 20

export const drain: MainVerb<DrainInput, Drained> = {
  name: 'drain',
  summary: 'Lets a node take no new roots, and tells what still lives there.',
  details:
    'Its shards go to the others. What lives there lives on until it ends or the node is stopped: then it goes elsewhere, each as it was spawned. --undo ends it.',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: {
    node: nodeName('which node of the cluster'),
    undo: flag('lets it take roots again'),
  },
  examples: ['drain b', 'drain b --undo'],
  where: () => inMain,
  async run(node, { node: name, undo }, { signal }) {
    const cluster = clusterOf(node, 'drain')
    const { number } = memberCalled(cluster.facts, name, 'drain')
    const order = undo ? cluster.agreement.proposals.order({ type: 'up', number }) : cluster.drain(number)
    await unlessAborted<unknown>(signal, order)
    const { facts } = cluster
    const paths: string[] = []
    for (const { top } of facts.homesOf(number)) {
      if (paths.length === pathsMax) break
      paths.push(top)
    }
    return {
      node: name,
      number,
      status: memberCalled(facts, name, 'drain').status,
      roots: facts.homeCountOf(number),
      paths,
      shards: facts.shards().filter(({ owner, from }) => (from === 0 ? owner : from) === number).length,
    }
  },
}
