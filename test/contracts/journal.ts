// The contract of a journal: one body for all of them, in memory, on a disk and behind a thread.
import { describe } from 'vitest'
import { answers, appends } from './journal-appends.ts'
import { givenJournal } from './journal-given.ts'
import { owners, recovery } from './journal-owners.ts'
import { journalProperty } from './journal-property.ts'
import { ends, feeds, heads, readers, tips } from './journal-readers.ts'
import type { OpenJournal } from './journal-given.ts'

export interface JournalTestOptions {
  /** How many random stories. Default 100. */
  readonly runs?: number
}

/** @param make gives a new journal, which nobody else uses */
export function testJournal(
  name: string,
  make: () => Promise<OpenJournal>,
  options: JournalTestOptions = {},
): void {
  const given = givenJournal(make)
  describe(name, () => {
    describe('what is appended', () => {
      appends(given)
      answers(given)
    })
    describe('an owner', () => {
      owners(given)
    })
    describe('recovery', () => {
      recovery(given)
    })
    describe('a reader', () => {
      readers(given)
      feeds(given)
    })
    describe('what is known of actors', () => {
      heads(given)
    })
    describe('the end', () => {
      ends(given)
    })
    journalProperty(make, options.runs ?? 100)
  })
}

/** The rest of the contract, which one behind a thread need not keep: there the tip is not known. */
export function testJournalTip(name: string, make: () => Promise<OpenJournal>): void {
  const given = givenJournal(make)
  describe(`the tip of one ${name}`, () => {
    tips(given)
  })
}
