// The contract of a source of chance, one body for every source.
import { describe, expect, test } from 'vitest'
import type { Random } from '../../runtime/random.ts'

const draws = 10_000

export function randomContract(make: () => Random): void {
  describe('as any source of chance', () => {
    test('next lies from 0 up to 1, half of it below one half', () => {
      const random = make()
      const drawn = Array.from({ length: draws }, () => random.next())
      expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true)
      // Beyond 400 from the middle lies one run in 10^15.
      expect(Math.abs(drawn.filter((number) => number < 0.5).length - draws / 2)).toBeLessThan(400)
    })

    test('integer gives each number below its limit, and about equally often', () => {
      const random = make()
      const counts = Array.from({ length: 6 }, () => 0)
      for (let i = 0; i < draws; i++) counts[random.integer(6)]!++
      expect(counts.reduce((sum, count) => sum + count)).toBe(draws)
      for (const count of counts) expect(Math.abs(count - draws / 6)).toBeLessThan(350)
    })

    test('integer favours no part of a limit that no power of two is a multiple of', () => {
      const random = make()
      const third = 2 ** 30
      const low = Array.from({ length: draws }, () => random.integer(3 * third)).filter(
        (number) => number < third,
      )
      expect(Math.abs(low.length - draws / 3)).toBeLessThan(400)
    })

    test('integer below 1 is 0, and wide limits are reached', () => {
      const random = make()
      expect(random.integer(1)).toBe(0)
      const wide = Array.from({ length: 100 }, () => random.integer(Number.MAX_SAFE_INTEGER))
      expect(wide.every((number) => Number.isSafeInteger(number) && number >= 0)).toBe(true)
      expect(Math.max(...wide)).toBeGreaterThan(2 ** 50)
    })

    for (const limit of [0, -1, 1.5, Number.NaN, Infinity, 2 ** 53]) {
      test(`integer below ${limit} is a bug`, () => {
        expect(() => make().integer(limit)).toThrow('not 1 to 2^53 - 1')
      })
    }

    test('a fork is a source as well', () => {
      const number = make().fork('jitter').next()
      expect(number >= 0 && number < 1).toBe(true)
    })
  })
}
