// Tests of the goal: what is met, and by how much another is missed.
import { expect, test } from 'vitest'
import { judge } from '../../bench/goal.ts'

test('a bound that is just reached is met', () => {
  expect(judge({ min: 10 }, 10, undefined)).toEqual({ isMet: true, missedBy: 0 })
  expect(judge({ max: 10 }, 10, undefined)).toEqual({ isMet: true, missedBy: 0 })
})

test('a missed bound says by which share of it', () => {
  expect(judge({ min: 10 }, 8, undefined).missedBy).toBeCloseTo(0.2)
  expect(judge({ max: 10 }, 15, undefined)).toEqual({ isMet: false, missedBy: 0.5 })
})

test('a share of the limit is asked of the limit of the same run', () => {
  expect(judge({ minOfLimit: 0.4 }, 40, 100).isMet).toBe(true)
  expect(judge({ minOfLimit: 0.4 }, 40, 200).missedBy).toBeCloseTo(0.5)
})

test('without a limit its share is not judged', () => {
  expect(judge({ min: 1, minOfLimit: 0.4 }, 1, undefined).isMet).toBe(true)
})

test('of several missed bounds the worst counts', () => {
  expect(judge({ min: 10, minOfLimit: 0.4 }, 9, 100).missedBy).toBeCloseTo(0.775)
})

test('no bounds are met by anything', () => {
  expect(judge({}, 0, 0)).toEqual({ isMet: true, missedBy: 0 })
})
