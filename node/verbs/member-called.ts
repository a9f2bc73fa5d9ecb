// The member that a name stands for, or the fault that says which names there are.
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { nearest } from '../../runtime/nearest.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { Member } from '../../actors/cluster/state/member.ts'

/** Names that a hint shows. */
const shownMax = 10

/** @throws {Fault} `node-unknown` */
export function memberCalled(facts: ClusterFacts, name: string, verb: string): Member {
  const found = facts.memberByName(name)
  if (found !== undefined) return found
  const names = [...facts.members()].map((member) => member.name)
  const near = nearest(name, names)
  const shown = names.slice(0, shownMax).join(', ')
  const left = names.length > shownMax ? ` and ${names.length - shownMax} more` : ''
  throw new Fault('node-unknown', `Cannot run "${verb}": no node is called "${escapeText(name, 120)}"`, {
    hint:
      near === undefined
        ? `Use one of: ${shown}${left}.`
        : `Did you mean "${near}"? There are ${shown}${left}.`,
  })
}
