// journal verify: reads all that the journal has and says whether it is whole.
import { archiveOf } from './archive-of.ts'
import { inMain } from './where.ts'
import { verifyJournal } from '../journal/verification.ts'
import type { Verified } from '../journal/verification.ts'
import type { MainVerb } from './verb.ts'

/** It takes nothing. */
export type JournalVerifyInput = Readonly<Record<string, never>>

export const journalVerify: MainVerb<JournalVerifyInput, Verified> = {
  name: 'journal verify',
  summary: 'Reads everything that the journal has, and says what is damaged; changes nothing.',
  details: 'The answer is no (exit code 1) if something is lost or cannot be read.',
  risk: 'medium',
  role: 'view',
  answers: 'once',
  parameters: {},
  examples: ['journal verify'],
  where: () => inMain,
  run: (node, _input, context) => verifyJournal(archiveOf(node, 'verify the journal'), context),
}
