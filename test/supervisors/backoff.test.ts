// Tests of the backoff: bounds, growth, spread and reset.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Backoff } from '../../runtime/supervision.ts'
import { backoff, backoffDefaults, backoffDelay, delayMsMax, nextAttempt } from '../../supervisors/backoff.ts'

const policies: fc.Arbitrary<Backoff> = fc
  .record({
    minMs: fc.integer({ min: 1, max: 100_000 }),
    moreMs: fc.integer({ min: 0, max: delayMsMax - 100_000 }),
    factor: fc.double({ min: 1, max: 100, noNaN: true }),
    jitter: fc.double({ min: 0, max: 1, noNaN: true }),
    resetAfterMs: fc.integer({ min: 0, max: delayMsMax }),
  })
  .map(({ moreMs, ...rest }) => ({ ...rest, maxMs: rest.minMs + moreMs }))
const attempts: fc.Arbitrary<number> = fc.integer({ min: 1, max: 10_000 })
const chances: fc.Arbitrary<number> = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

const even: Backoff = { ...backoffDefaults, jitter: 0 }

describe('backoffDelay', () => {
  test('without jitter it doubles from 100 ms up to 30 s by default', () => {
    const delays = Array.from({ length: 11 }, (_, index) => backoffDelay(even, index + 1, 0))
    expect(delays).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000])
  })

  test('it lies between 0 and maxMs for every policy, attempt and chance', () => {
    fc.assert(
      fc.property(policies, attempts, chances, (policy, attempt, chance) => {
        const delayMs = backoffDelay(policy, attempt, chance)
        expect(delayMs >= 0 && delayMs <= policy.maxMs).toBe(true)
      }),
    )
  })

  test('it never shrinks from one attempt to the next while chance stays the same', () => {
    fc.assert(
      fc.property(policies, attempts, chances, (policy, attempt, chance) => {
        expect(backoffDelay(policy, attempt + 1, chance)).toBeGreaterThanOrEqual(
          backoffDelay(policy, attempt, chance),
        )
      }),
    )
  })

  test('chance moves it by no more than jitter of its middle, up or down', () => {
    fc.assert(
      fc.property(policies, attempts, chances, (policy, attempt, chance) => {
        const middleMs = backoffDelay(policy, attempt, 0.5)
        const movedMs = Math.abs(backoffDelay(policy, attempt, chance) - middleMs)
        expect(movedMs).toBeLessThanOrEqual(middleMs * policy.jitter + 1e-6)
      }),
    )
  })

  test('at the ceiling chance still spreads it, from 20 s to 30 s by default', () => {
    expect(backoffDelay(backoffDefaults, 10_000, 0)).toBeCloseTo(20_000)
    expect(backoffDelay(backoffDefaults, 10_000, 0.5)).toBeCloseTo(25_000)
    expect(backoffDelay(backoffDefaults, 10_000, 1 - Number.EPSILON)).toBeCloseTo(30_000)
  })

  test('attempt 10,000 of a policy of zeros is 0, not NaN', () => {
    expect(backoffDelay({ ...even, minMs: 0, factor: 100 }, 10_000, 0)).toBe(0)
  })

  test('attempt 0 and lower count as the first', () => {
    expect(backoffDelay(even, 0, 0)).toBe(100)
    expect(backoffDelay(even, -7, 0)).toBe(100)
  })
})

describe('nextAttempt', () => {
  test('it is one more than the last until the child has lived for resetAfterMs, then 1', () => {
    fc.assert(
      fc.property(policies, attempts, fc.nat(), (policy, attempt, upMs) => {
        expect(nextAttempt(policy, attempt, upMs)).toBe(upMs < policy.resetAfterMs ? attempt + 1 : 1)
      }),
    )
  })

  test('it is 1 after none, however short the life was', () => {
    expect(nextAttempt(backoffDefaults, 0, 0)).toBe(1)
  })

  test('it resets at resetAfterMs, not one millisecond before', () => {
    expect(nextAttempt(backoffDefaults, 5, 15_049)).toBe(6)
    expect(nextAttempt(backoffDefaults, 5, 15_050)).toBe(1)
  })
})

describe('backoff', () => {
  test('nothing gives the shared defaults', () => {
    expect(backoff()).toBe(backoffDefaults)
    expect(backoff({})).toBe(backoffDefaults)
  })

  test('resetAfterMs follows the given minMs and maxMs unless it is given', () => {
    expect(backoff({ minMs: 200, maxMs: 1_000 }).resetAfterMs).toBe(600)
    expect(backoff({ minMs: 200, maxMs: 1_000, resetAfterMs: 5 }).resetAfterMs).toBe(5)
    expect(backoff({ factor: 3 })).toEqual({ ...backoffDefaults, factor: 3 })
  })
})
