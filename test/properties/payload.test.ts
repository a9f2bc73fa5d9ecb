// Properties of the payload, for all values.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freezeDeep, payloadFlaw } from '../../runtime/payload.ts'

const noRefs = (): boolean => false
const safeKey = fc
  .string({ unit: 'grapheme' })
  .filter((key) => !['__proto__', 'constructor', 'prototype'].includes(key))
const { sound } = fc.letrec((tie) => ({
  sound: fc.oneof(
    { depthSize: 'medium' },
    fc.constant(undefined),
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: 'grapheme' }),
    fc.date(),
    fc.uint8Array(),
    fc.array(tie('sound')),
    fc.dictionary(safeKey, tie('sound')),
    fc.array(fc.tuple(tie('sound'), tie('sound'))).map((entries) => new Map(entries)),
    fc.array(tie('sound')).map((members) => new Set(members)),
  ),
}))
const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true,
  stringUnit: 'grapheme',
})

test('what is made of plain data alone has no flaw, and structured clone keeps it equal, before and after freezing', () => {
  fc.assert(
    fc.property(sound, (value) => {
      expect(payloadFlaw(value, noRefs)).toBeUndefined()
      const copy: unknown = structuredClone(value)
      freezeDeep(value, noRefs)
      expect(payloadFlaw(value, noRefs)).toBeUndefined()
      expect(structuredClone(value)).toEqual(copy)
    }),
  )
})

test('anything at all has a flaw with a path from $, or none; never an exception, and the same answer once frozen', () => {
  fc.assert(
    fc.property(anything, (value) => {
      const flaw = payloadFlaw(value, noRefs)
      if (flaw !== undefined) expect(flaw.path.startsWith('$') && flaw.what !== '').toBe(true)
      freezeDeep(value, noRefs)
      expect(payloadFlaw(value, noRefs)).toEqual(flaw)
    }),
    { numRuns: 1_000 },
  )
})

test('a function hidden anywhere in sound data is found exactly there', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(5), { maxLength: 10 }),
      fc.array(sound, { maxLength: 3 }),
      (way, siblings) => {
        let value: unknown = () => 1
        for (const step of way.toReversed())
          value = step % 2 === 0 ? [...siblings, value] : { before: siblings, [`k${step}`]: value }
        const path = way.map((step) => (step % 2 === 0 ? `[${siblings.length}]` : `.k${step}`)).join('')
        expect(payloadFlaw(value, noRefs)).toEqual({ path: `$${path}`, what: 'a function' })
      },
    ),
  )
})
