// audit: adds up all messages and says whether the sums reconcile.
import { inMain } from './where.ts'
import type { Audit } from '../../runtime/accounting.ts'
import type { NodeAudit } from '../threads/books.ts'
import type { MainVerb } from './verb.ts'

/** It takes nothing. */
export type AuditInput = Readonly<Record<string, never>>

/** The last four fields are there on a node with threads. */
export type Audited = Audit & Partial<NodeAudit>

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
  parameters: {},
  examples: ['audit'],
  where: () => inMain,
  async run(node) {
    const books = node.fleet === undefined ? node.audit() : await node.auditAll()
    return { ...books, differences: books.differences.slice(0, differencesMax) }
  },
}
