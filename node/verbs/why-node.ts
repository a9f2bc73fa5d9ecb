// The account of a node for why: what it is to the cluster now, who suspects it, and why its former lives have ended.
import { endedLine } from './ended-line.ts'
import { explain } from '../../actors/cluster/failure/explain.ts'
import type { EndedLine } from './ended-line.ts'
import type { MemberStatus } from '../../actors/cluster/state/member.ts'
import type { Node } from '../node.ts'
import type { Opinion } from '../../actors/cluster/failure/opinion.ts'

export interface WhyNode {
  /** Tells it from the account of an actor. */
  readonly about: 'node'
  readonly node: string
  /** Its number and status as a member; null while it is none. */
  readonly number: number | null
  readonly status: MemberStatus | null
  /** What the node that was asked thinks of it; null while it trusts it. */
  readonly opinion: Opinion | null
  /** What the leader is about to decide, if this node leads; no lines elsewhere. */
  readonly pending: readonly string[]
  /** Its former lives, the oldest first. */
  readonly ended: readonly EndedLine[]
}

/** Undefined for a name that no node has or had. */
export function whyNode({ cluster }: Node, name: string): WhyNode | undefined {
  if (cluster === undefined) return undefined
  const { facts, vigil } = cluster
  const member = facts.memberByName(name)
  const ended = facts.ended().filter((one) => one.name === name)
  if (member === undefined && ended.length === 0) return undefined
  const opinion = vigil?.sentinel.opinions.find((one) => one.member === member?.number)
  const pending = vigil?.sentinel.decisions.find(({ subject }) => subject === member?.number)
  return {
    about: 'node',
    node: name,
    number: member?.number ?? null,
    status: member?.status ?? null,
    opinion: opinion ?? null,
    pending: pending === undefined ? [] : explain(pending),
    ended: ended.map((one) => endedLine(facts, one)),
  }
}
