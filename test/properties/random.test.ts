// Properties of seeded chance, for all seeds.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../runtime/random.ts'

test('every integer lies from 0 up to its limit', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (seed, limit) => {
      const random = seededRandom(seed)
      for (let i = 0; i < 20; i++) {
        const drawn = random.integer(limit)
        expect(Number.isSafeInteger(drawn) && drawn >= 0 && drawn < limit).toBe(true)
      }
    }),
  )
})

test('extra draws in one fork shift nothing in another', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(50), fc.nat(50), (seed, extraA, extraRoot) => {
      const disturbed = seededRandom(seed)
      for (let i = 0; i < extraRoot; i++) disturbed.next()
      const a = disturbed.fork('a')
      for (let i = 0; i < extraA; i++) a.integer(1_000)
      const b = disturbed.fork('b')
      const calm = seededRandom(seed).fork('b')
      for (let i = 0; i < 5; i++) expect(b.next()).toBe(calm.next())
    }),
  )
})
