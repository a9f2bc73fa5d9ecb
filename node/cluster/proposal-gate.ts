// A proposal's gate: whether a node may propose a command to the council. A node speaks for its own process; operators' words need trust.
import { decodeCommand } from '../../actors/cluster/state/command-codec.ts'
import { isTrusted } from '../../actors/cluster/state/member.ts'
import { seatOf } from './seat.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { Command } from '../../actors/cluster/state/command.ts'
import type { Member } from '../../actors/cluster/state/member.ts'

/** The setting with the peer id of the node that has founded the cluster. */
export const founderKey = 'cluster.founder'

/**
 * @param seat of who proposes it
 * @returns false also for bytes that are no command
 */
export function mayPropose(facts: ClusterFacts, seat: number, bytes: Uint8Array): boolean {
  const command = decodeCommand(bytes)
  if (command === undefined) return false
  const own = [...facts.members()].find(({ peer }) => seatOf(peer) === seat)
  return isAllowed(facts, command, { seat, own })
}

function isAllowed(
  facts: ClusterFacts,
  command: Command,
  { seat, own }: { readonly seat: number; readonly own: Member | undefined },
): boolean {
  // Of a number that is nobody's the state says so; it may also be that this node has not heard of it yet.
  const isOwn = (number: number): boolean => number === own?.number || facts.member(number) === undefined
  const isOperator = own !== undefined && isTrusted(own)
  switch (command.type) {
    case 'join':
      return seatOf(command.peer) === seat && (command.kind !== 'initial' || mayFound(facts, command.peer))
    case 'up':
    case 'update':
    case 'leave':
      return isOwn(command.number)
    case 'claim':
    case 'settle':
    case 'shed':
    case 'lease':
    case 'unlease':
      return isOwn(command.member)
    case 'release':
      return command.member === 0 ? isOperator : isOwn(command.member)
    case 'drain':
      return isOperator || isOwn(command.number)
    // Whoever leads has judged: it proposes that itself, and nobody else does.
    case 'remove':
      return false
    // Who signs says which authorities all believe, and who has founded the cluster.
    case 'set':
      return isOperator && (own.kind === 'initial' || !/^(?:trust|cluster)\./.test(command.key))
    case 'rehome':
    case 'revoke':
    case 'pardon':
      return isOperator
  }
}

/** The kind that may say whom all believe is that of one node: the one that has said so first, before anybody else could join. */
function mayFound(facts: ClusterFacts, peer: string): boolean {
  return (facts.setting(founderKey) ?? peer) === peer
}
