// Across: how a verb is asked of other nodes of a cluster than the one on which it was typed, and of whom.
import { clusterOf } from './cluster-of.ts'
import { Fault } from '../../runtime/fault.ts'
import { memberCalled } from './member-called.ts'
import type { Member } from '../../actors/cluster/state/member.ts'
import type { Node } from '../node.ts'
import type { Sources } from './source.ts'
import type { NodePart } from './spot.ts'

/** Every node but this one as well: what `--node` takes beside a name. */
const everyNode = 'all'

/** Whom a verb asks that names no node. */
export type Unasked = 'own' | 'all'

/** Of a verb with one answer. */
export interface Across<I, D> {
  unasked(input: I): Unasked
  /** Makes one answer of those of the nodes, this one's first if it was asked. */
  merge(parts: readonly NodePart<D>[], input: I): D
}

/** Of a verb that goes on answering. */
export interface StreamAcross<I, R> {
  unasked(input: I): Unasked
  /** Makes one stream of those of the nodes, whose records say where they come from. */
  merge(sources: Sources<R>, input: I): AsyncIterable<R>
}

/** Other nodes that are asked, and whether this one is. */
export interface Asked {
  readonly members: readonly Member[]
  readonly isOwn: boolean
  /** It was asked by its name: its silence is a fault. */
  readonly isNamed: boolean
}

/**
 * Decides whom a verb is asked of.
 * @returns undefined: this node alone, as if there were no cluster
 * @throws {Fault} `cluster-missing` `node-unknown`
 */
export function nodesAsked(
  node: Node,
  verb: string,
  { input, unasked }: { readonly input: unknown; readonly unasked: Unasked },
): Asked | undefined {
  const { node: named } = Object(input) as { readonly node?: string }
  const { cluster } = node
  const wanted = named ?? (unasked === 'all' ? everyNode : node.name)
  if (cluster === undefined) {
    if (wanted !== node.name && wanted !== everyNode) clusterOf(node, `${verb} --node ${named}`)
    return undefined
  }
  if (wanted === everyNode) {
    const members = [...cluster.facts.members()].filter(({ number }) => number !== cluster.member)
    return { members, isOwn: true, isNamed: false }
  }
  if (wanted === node.name)
    return named === undefined ? undefined : { members: [], isOwn: true, isNamed: true }
  return { members: [memberCalled(cluster.facts, wanted, `${verb} --node`)], isOwn: false, isNamed: true }
}

/** The fault of a node that was asked by name and says nothing. */
export function nodeSilent(node: string, verb: string, ms: number): Fault {
  return new Fault(
    'node-silent',
    `Cannot run "${verb}" on node "${node}": it gave no answer within ${ms} ms`,
    {
      hint: 'See with "nodes" whether it is reached, and with "why" and its name what is known of it.',
      outcome: 'unknown',
    },
  )
}
