// audit: adds up all messages and says whether the sums reconcile.
import { acrossNodes } from './parameter.ts'
import { sumsOf } from '../threads/books.ts'
import { inMain } from './where.ts'
import type { Audit } from '../../runtime/accounting.ts'
import type { NodeAudit } from '../threads/books.ts'
import type { MainVerb } from './verb.ts'
import type { NodePart } from './spot.ts'

export interface AuditInput {
  readonly node: string | undefined
}

/** `onTheWay`, `threads`, `lostThreads` and `silent` are there on a node with threads. */
export type Audited = Audit &
  Partial<NodeAudit> & {
    /** The nodes whose sums these are; left out where one node alone was asked. */
    readonly nodes?: readonly string[]
  }

/** Differences that are told; more say nothing new. */
const differencesMax = 100

export const audit: MainVerb<AuditInput, Audited> = {
  name: 'audit',
  summary: 'Adds up all messages: accepted = handled + waiting + stashed + in hand + dead.',
  details:
    'Walks over all actors. The answer is no (exit code 1) if a sum does not reconcile. With threads each thread adds up ' +
    'its own, and what one has sent and another not yet read is on the way.',
  risk: 'medium',
  role: 'view',
  answers: 'once',
  parameters: { node: acrossNodes('this one') },
  examples: ['audit', 'audit --node all'],
  where: () => inMain,
  across: { unasked: () => 'own', merge: auditOfNodes },
  async run(node) {
    const books = node.fleet === undefined ? node.audit() : await node.auditAll()
    return { ...books, differences: books.differences.slice(0, differencesMax) }
  },
}

/** Each node's own sums; what is on its way between nodes is in none of them. */
function auditOfNodes(parts: readonly NodePart<Audited>[]): Audited {
  const books = parts.map(({ data }) => data)
  const sum = (of: (one: Audited) => number | undefined): number =>
    books.reduce((total, one) => total + (of(one) ?? 0), 0)
  return {
    ...sumsOf(books),
    onTheWay: sum(({ onTheWay }) => onTheWay),
    threads: sum(({ threads }) => threads ?? 1),
    lostThreads: sum(({ lostThreads }) => lostThreads),
    isBalanced: books.every(({ isBalanced }) => isBalanced),
    differences: parts
      .flatMap(({ node, data }) => data.differences.map((difference) => `${node}: ${difference}`))
      .slice(0, differencesMax),
    nodes: parts.map(({ node }) => node),
  }
}
