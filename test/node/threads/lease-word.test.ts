// The tests of the lease word: a thread acts until the time that the main thread wrote, and finds that out by itself.
import { expect, test } from 'vitest'
import { LeaseWord, leaseLookMs, obeyLease } from '../../../node/threads/lease-word.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { notQueued, Scheduler } from '../../../runtime/scheduler.ts'
import type { Runnable } from '../../../runtime/scheduler.ts'

test('nobody may act before the first word, and after the last', () => {
  const word = new LeaseWord()
  expect(word.holds(0)).toBe(false)
  word.extend(100)
  expect([word.holds(99), word.holds(99.5), word.holds(100)]).toEqual([true, false, false])
  word.extend(-Infinity)
  expect(word.holds(0)).toBe(false)
})

test('another thread reads the same words', () => {
  const word = new LeaseWord()
  word.extend(5_000)
  expect(new LeaseWord(word.words).holds(4_000)).toBe(true)
})

test('times beyond what 32 bits hold are told apart by what lies between them', () => {
  const word = new LeaseWord()
  const farMs = 2 ** 40
  word.extend(farMs + 10)
  expect([word.holds(farMs), word.holds(farMs + 11)]).toEqual([true, false])
})

test('a thread stops by itself when its time is over, and goes on within one look', async () => {
  const clock = new ManualClock()
  const turns: number[] = []
  const scheduler = new Scheduler<Runnable>(clock, {
    turn: () => {
      turns.push(clock.now())
      return 1
    },
    wants: () => false,
  })
  const word = new LeaseWord()
  word.extend(50)
  obeyLease(word, scheduler, clock, 0)
  const runnable = (): Runnable => ({ runNext: undefined, readyMs: notQueued, cpu: 0 })
  scheduler.ready(runnable())
  await clock.settle()
  await clock.advance(60)
  scheduler.ready(runnable())
  await clock.advance(100)
  expect(turns).toEqual([0])
  word.extend(1_000)
  await clock.advance(leaseLookMs)
  expect(turns).toHaveLength(2)
})
