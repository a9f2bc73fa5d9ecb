// Storms over a council: whatever happens, what it promises holds, and it comes to rest.
import { expect, test } from 'vitest'
import { storm } from './council-storm.ts'

/** More are run by hand; a seed that fails is repeated by its number alone. */
const seeds = 60

test('no storm makes a council break what it promises', async () => {
  let decided = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const result = await storm(seed, 50)
    expect(result.wrongs, `seed ${seed}`).toEqual([])
    decided += result.decided
  }
  expect(decided).toBeGreaterThan(seeds * 10)
})

test('a seed gives the same storm again', async () => {
  expect(await storm('again', 30)).toEqual(await storm('again', 30))
})
