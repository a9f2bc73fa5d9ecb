// Tests of the restart budget: its definition, and the ring that must answer the same.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { budgetDefaults, spend } from '../../supervisors/budget.ts'
import type { BudgetLimits } from '../../supervisors/budget.ts'
import { RestartWindow } from '../../supervisors/restart-window.ts'

const limits: fc.Arbitrary<BudgetLimits> = fc.record({
  intensity: fc.integer({ min: 0, max: 12 }),
  periodMs: fc.integer({ min: 1, max: 50 }),
})
/** Any clock, even one that jumps back. */
const anyTimes: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 80 })
const risingTimes: fc.Arbitrary<number[]> = fc
  .array(fc.integer({ min: 0, max: 12 }), { maxLength: 80 })
  .map((steps) => steps.map((_, index) => steps.slice(0, index + 1).reduce((sum, step) => sum + step, 0)))

/** Spends one restart at each of the times and tells each answer. */
function spendAll(times: readonly number[], budget: BudgetLimits): { kept: number[]; exhausted: boolean }[] {
  let kept: number[] = []
  return times.map((nowMs) => {
    const spent = spend(kept, nowMs, budget)
    kept = spent.restartsAt
    return { kept, exhausted: spent.exhausted }
  })
}

describe('spend', () => {
  test('the fourth restart inside the window exhausts the default budget', () => {
    const answers = spendAll([0, 1, 2, 3], budgetDefaults)
    expect(answers.map(({ exhausted }) => exhausted)).toEqual([false, false, false, true])
  })

  test('a restart exactly one period old still counts, one millisecond later it does not', () => {
    const once: BudgetLimits = { intensity: 1, periodMs: 100 }
    expect(spend([0], 100, once).exhausted).toBe(true)
    expect(spend([0], 101, once)).toEqual({ restartsAt: [101], exhausted: false })
  })

  test('an intensity of 0 allows no restart', () => {
    expect(spend([], 0, { intensity: 0, periodMs: 1 })).toEqual({ restartsAt: [0], exhausted: true })
  })

  test('a budget is exhausted exactly when more than intensity restarts lie within the last period', () => {
    fc.assert(
      fc.property(risingTimes, limits, (times, budget) => {
        for (const [index, { exhausted }] of spendAll(times, budget).entries()) {
          const nowMs = times[index]!
          const recent = times.slice(0, index + 1).filter((atMs) => nowMs - atMs <= budget.periodMs)
          expect(exhausted).toBe(recent.length > budget.intensity)
        }
      }),
    )
  })

  test('the kept list is the newest restarts and never longer than intensity plus one', () => {
    fc.assert(
      fc.property(anyTimes, limits, (times, budget) => {
        for (const [index, { kept }] of spendAll(times, budget).entries()) {
          expect(kept.length).toBeLessThanOrEqual(budget.intensity + 1)
          expect(kept).toEqual(times.slice(index + 1 - kept.length, index + 1))
        }
      }),
    )
  })

  test('the list it was given is left as it was, whatever its length', () => {
    fc.assert(
      fc.property(anyTimes, limits, fc.integer({ min: 0, max: 200 }), (times, budget, nowMs) => {
        const given = Object.freeze([...times])
        expect(spend(given, nowMs, budget).restartsAt.length).toBeLessThanOrEqual(budget.intensity + 1)
        expect(given).toEqual(times)
      }),
    )
  })
})

describe('RestartWindow', () => {
  test('it answers each restart as spend does, and remembers the same', () => {
    fc.assert(
      fc.property(anyTimes, limits, (times, budget) => {
        const window = new RestartWindow(budget)
        for (const [index, { kept, exhausted }] of spendAll(times, budget).entries()) {
          expect(window.spend(times[index]!)).toBe(exhausted)
          expect(window.restartsAt()).toEqual(kept)
        }
      }),
    )
  })

  test('a window made from what another remembered answers as the other would have', () => {
    fc.assert(
      fc.property(anyTimes, anyTimes, limits, (before, after, budget) => {
        const first = new RestartWindow(budget)
        for (const nowMs of before) first.spend(nowMs)
        const second = new RestartWindow(budget, first.restartsAt())
        for (const nowMs of after) expect(second.spend(nowMs)).toBe(first.spend(nowMs))
      }),
    )
  })

  test('a cleared window answers as a new one', () => {
    fc.assert(
      fc.property(anyTimes, anyTimes, limits, (before, after, budget) => {
        const window = new RestartWindow(budget)
        for (const nowMs of before) window.spend(nowMs)
        window.clear()
        expect(window.restartsAt()).toEqual([])
        const fresh = new RestartWindow(budget)
        for (const nowMs of after) expect(window.spend(nowMs)).toBe(fresh.spend(nowMs))
      }),
    )
  })

  test('a large budget in use for long remembers no more than intensity plus one', () => {
    const budget: BudgetLimits = { intensity: 10_000, periodMs: 1_000 }
    const window = new RestartWindow(budget)
    const answers = Array.from({ length: 50_000 }, (_, nth) => window.spend(nth / 100))
    expect(answers.indexOf(true)).toBe(budget.intensity)
    expect(window.restartsAt()).toHaveLength(budget.intensity + 1)
  })
})
