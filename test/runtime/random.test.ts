// Tests of seeded chance: the numbers follow from the seed, for ever and on every machine.
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../runtime/random.ts'
import { randomContract } from '../contracts/random.ts'
import type { Random } from '../../runtime/random.ts'

randomContract(() => seededRandom('contract'))

function words(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.integer(2 ** 32))
}

describe('the stream of a seed', () => {
  test('is what it was when this test was written', () => {
    expect(words(seededRandom('troupe'), 4)).toEqual([280_879_063, 3_533_998_048, 907_788_204, 2_907_427_392])
    expect(words(seededRandom(0), 4)).toEqual([2_136_329_861, 3_581_373_672, 2_291_893_285, 3_097_080_038])
    expect(words(seededRandom('troupe').fork('network'), 4)).toEqual([
      1_694_545_822, 1_085_838_864, 3_721_564_052, 912_763_988,
    ])
    expect(seededRandom('troupe').next()).toBe(0.06539725380259032)
  })

  test('is the same for a number and for its text', () => {
    expect(words(seededRandom(42), 9)).toEqual(words(seededRandom('42'), 9))
  })

  test('differs from that of any other seed nearby', () => {
    const seeds = ['', '0', '1', '00', '01', '10', 'a', 'b', 'aa', 'ab', 'ba', '\0', '\0\0', 'ä', '-1', 'NaN']
    const firsts = seeds.map((seed) => words(seededRandom(seed), 2).join())
    expect(new Set(firsts).size).toBe(seeds.length)
  })

  test('of 100,000 numbered seeds no two begin with the same 64 bits', () => {
    const firsts = new Set<string>()
    for (let seed = 0; seed < 100_000; seed++) firsts.add(words(seededRandom(seed), 2).join())
    expect(firsts.size).toBe(100_000)
  })
})

describe('a fork', () => {
  test('does not move its source, and no draw from the source moves it', () => {
    const plain = seededRandom('seed')
    const forked = seededRandom('seed')
    const early = words(forked.fork('disk'), 5)
    expect(words(forked, 5)).toEqual(words(plain, 5))
    expect(words(forked.fork('disk'), 5)).toEqual(early)
  })

  test('of the same label is the same, of another label another', () => {
    const random = seededRandom('seed')
    expect(words(random.fork('a'), 5)).toEqual(words(random.fork('a'), 5))
    const streams = ['', 'a', 'b', 'ab', 'ba'].map((label) => words(random.fork(label), 5).join())
    expect(new Set([...streams, words(random, 5).join()]).size).toBe(6)
  })

  test('of a fork depends on the whole way, not on its labels put together', () => {
    const random = seededRandom('seed')
    const ways = [
      random.fork('a').fork('b'),
      random.fork('ab'),
      random.fork('b').fork('a'),
      random.fork('a').fork('b').fork(''),
    ]
    expect(new Set(ways.map((way) => words(way, 3).join())).size).toBe(4)
  })
})
