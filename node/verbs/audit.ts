// audit: adds up all messages and says whether the sums reconcile.
import type { Audit } from '../../runtime/accounting.ts'
import type { Verb } from './verb.ts'

/** It takes nothing. */
export type AuditInput = Readonly<Record<string, never>>

/** Differences that are told; more say nothing new. */
const differencesMax = 100

export const audit: Verb<AuditInput, Audit> = {
  name: 'audit',
  summary: 'Adds up all messages: accepted = handled + waiting + stashed + in hand + dead.',
  details: 'Walks over all actors. The answer is no (exit code 1) if a sum does not reconcile.',
  risk: 'medium',
  role: 'view',
  answers: 'once',
  parameters: {},
  examples: ['audit'],
  run(node) {
    const books = node.audit()
    return { ...books, differences: books.differences.slice(0, differencesMax) }
  },
}
