// Tests of the quantile.
import { describe, expect, test } from 'vitest'
import { median, quantile } from '../../bench/quantile.ts'

describe('quantile', () => {
  test('it does not matter in which order the values come, and they are left so', () => {
    const values = [3, 1, 2]
    expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 1)]).toEqual([1, 2, 3])
    expect(values).toEqual([3, 1, 2])
  })

  test('numbers are ordered as numbers, not as text', () => {
    expect(median([9, 10, 100])).toBe(10)
  })

  test('between two values it takes the straight line', () => {
    expect(quantile([0, 10], 0.99)).toBeCloseTo(9.9)
    expect(median([1, 2, 3, 4])).toBe(2.5)
  })

  test('one value is each of its quantiles', () => {
    expect([0, 0.3, 1].map((share) => quantile([7], share))).toEqual([7, 7, 7])
  })

  test('no values have none', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})
