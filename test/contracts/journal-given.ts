// A journal in tests: how one is opened for each test of its contract, and closed after it.
import { expect, test } from 'vitest'
import type { Journal } from '../../runtime/journal.ts'

/** A journal without records, and what belongs to it. */
export interface OpenJournal {
  readonly journal: Journal
  /** The same one as the next process finds it, after this one was closed. */
  reopen?(): Promise<Journal>
  /** Closes what is open. */
  end(): Promise<void>
}

export type Given = (sentence: string, body: (journal: Journal, open: OpenJournal) => Promise<void>) => void

/** Makes tests that are given a journal each. */
export function givenJournal(make: () => Promise<OpenJournal>): Given {
  return (sentence, body) => {
    test(sentence, async () => {
      const open = await make()
      try {
        await body(open.journal, open)
      } finally {
        await open.end()
      }
    })
  }
}

export function code(expected: string, outcome: string = 'known'): unknown {
  return expect.objectContaining({ code: expected, outcome })
}
