// Tests of the system's chance: the contract, and that nobody can repeat it.
import { expect, test } from 'vitest'
import { SystemRandom } from '../../node/system-random.ts'
import { randomContract } from '../contracts/random.ts'

randomContract(() => new SystemRandom())

test('two sources, and a source and its fork, draw different numbers', () => {
  const random = new SystemRandom()
  const drawn = [random, new SystemRandom(), random.fork('a')].map((source) => source.next())
  expect(new Set(drawn).size).toBe(3)
})
