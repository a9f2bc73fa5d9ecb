// Tests of the judgement of stalls: a blocked thread is found in time, and nobody is accused who is busy, new, idle or looked at late.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judgeStall, stallBegin, stallLimits } from '../../../node/threads/stall.ts'
import type { Sight, Stall, StallVerdict } from '../../../node/threads/stall.ts'

const limits = stallLimits(1_000)

/** A thread that is looked at, and that does what a test says between two looks. */
class Watched {
  atMs = 0
  idleMs = 0
  turns = 0
  pongs = 0
  isLoading = false
  stall: Stall = stallBegin(this.sight)

  get sight(): Sight {
    const { atMs, idleMs, turns, pongs, isLoading } = this
    return { atMs, usage: { idleMs, activeMs: atMs - idleMs, turns }, pongs, isLoading }
  }

  look(afterMs: number = limits.lookMs): StallVerdict {
    this.atMs += afterMs
    const { stall, verdict } = judgeStall(this.stall, this.sight, limits)
    this.stall = stall
    return verdict
  }

  /** Looks until it is found stalled, without a sign of life. @returns after how many milliseconds */
  untilStalled(mostMs = 60_000): number {
    const startMs = this.atMs
    while (this.atMs - startMs < mostMs) if (this.look() === 'stalled') return this.atMs - startMs
    return Infinity
  }
}

function started(): Watched {
  const thread = new Watched()
  thread.turns++
  expect(thread.look()).toBe('well')
  return thread
}

test('a blocked thread is pinged, then found stalled after the limit and one look at most', () => {
  const thread = started()
  const verdicts = [1, 2, 3, 4].map(() => thread.look())
  expect(verdicts).toEqual(['well', 'ping', 'well', 'stalled'])
  expect(started().untilStalled()).toBe(1_000)
})

test('a busy thread that takes turns is well for ever, also where the count wraps', () => {
  const thread = started()
  thread.turns = 2 ** 31 - 3
  for (let i = 0; i < 100; i++) {
    thread.turns = (thread.turns + 1) % 2 ** 31
    expect(thread.look()).toBe('well')
  }
})

test('an idle thread is well for ever', () => {
  const thread = started()
  for (let i = 0; i < 100; i++) {
    thread.idleMs += limits.lookMs
    expect(thread.look()).toBe('well')
  }
})

test('handlers just below the limit are no stall', () => {
  const thread = started()
  for (let i = 0; i < 50; i++) {
    for (let look = 0; look < 3; look++) expect(thread.look()).not.toBe('stalled')
    thread.turns++
    expect(thread.look()).toBe('well')
  }
})

test('an answer to a ping is a sign of life', () => {
  const thread = started()
  for (let i = 0; i < 50; i++) if (thread.look() === 'ping') thread.pongs++
  expect(thread.look()).not.toBe('stalled')
})

test('a thread that starts or loads modules has more time, but not all the time', () => {
  const thread = new Watched()
  thread.isLoading = true
  expect(thread.look()).toBe('loading')
  expect(thread.untilStalled()).toBe(limits.startMsMax - limits.lookMs)
  const loader = started()
  loader.isLoading = true
  expect(loader.look()).toBe('loading')
  expect(loader.untilStalled()).toBe(limits.startMsMax - limits.lookMs)
})

test('what the looker was late is not held against the thread', () => {
  const thread = started()
  expect(thread.look(60_000)).toBe('well')
  expect([thread.look(60_000), thread.look(), thread.look()]).toEqual(['ping', 'well', 'stalled'])
})

test('a thread that was pinged by a late looker has a look of time to answer', () => {
  const thread = new Watched()
  thread.isLoading = true
  thread.turns++
  thread.look()
  for (let i = 0; i < 8; i++) thread.look()
  thread.isLoading = false
  expect([thread.look(), thread.look()]).toEqual(['ping', 'stalled'])
})

test('no thread is stalled that gave a sign of life within the limit, and each that gave none for longer is', () => {
  const step = fc.record({
    afterMs: fc.integer({ min: 0, max: 2_000 }),
    sign: fc.constantFrom('turn', 'idle', 'none'),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const thread = started()
      let silentMs = 0
      for (const { afterMs, sign } of steps) {
        if (sign === 'turn') thread.turns++
        if (sign === 'idle') thread.idleMs += 1
        silentMs = sign === 'none' ? silentMs + afterMs : 0
        if (thread.look(afterMs) === 'stalled') expect(silentMs).toBeGreaterThanOrEqual(1_000)
      }
      expect(thread.untilStalled()).toBeLessThanOrEqual(1_000)
    }),
  )
})
