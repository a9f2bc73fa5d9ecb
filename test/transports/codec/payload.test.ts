// Properties of the codec, for all payloads: what strict mode lets through survives, what it refuses is refused.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { payloadFlaw } from '../../../runtime/payload.ts'
import { attempt, Lane } from './round-trip.ts'

const noRefs = (): boolean => false
const key = fc
  .oneof(fc.string({ unit: 'binary' }), fc.constantFrom('toJSON', '__keys__', 'length', 'then', '\uFEFFmark'))
  .filter((name) => !['__proto__', 'constructor', 'prototype'].includes(name))
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ minLength: 60, maxLength: 300 }), key)
const bytes = fc.oneof(
  fc.uint8Array({ size: 'medium' }),
  fc.uint8ClampedArray(),
  fc.int16Array(),
  fc.float32Array(),
  fc.float64Array(),
  fc.bigInt64Array(),
  fc.uint8Array().map((array) => Buffer.from(array)),
  fc.uint8Array().map((array) => array.slice().buffer),
  fc.uint8Array().map((array) => new DataView(array.slice().buffer)),
  fc.integer({ min: 16_000, max: 17_000 }).map((size) => new Uint8Array(size).fill(5)),
)
const { sound } = fc.letrec((tie) => ({
  sound: fc.oneof(
    { depthSize: 'medium' },
    fc.constantFrom(undefined, null, -0, true),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    text,
    fc.date({ noInvalidDate: false }),
    bytes,
    fc.array(tie('sound')),
    fc.dictionary(key, tie('sound'), { noNullPrototype: true }),
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
  withObjectString: true,
  stringUnit: 'binary',
  key: fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'prototype', '__keys__', 'toJSON')),
})

describe.each([{ isStateless: false }, { isStateless: true }])(
  'with $isStateless as isStateless',
  ({ isStateless }) => {
    const lane = new Lane(isStateless)

    test('sound data arrives deeply equal, types, signs and orders included', () => {
      fc.assert(
        fc.property(fc.array(sound, { maxLength: 5 }), (payloads) => {
          expect(isDeepStrictEqual(lane.send(...payloads), payloads)).toBe(true)
        }),
        { numRuns: 500 },
      )
    })

    test('anything at all arrives, or is refused at the place that strict mode names', () => {
      fc.assert(
        fc.property(anything, (payload) => {
          const flaw = payloadFlaw(payload, noRefs)
          try {
            expect(lane.send(payload)).toEqual([payload])
            expect(flaw).toBeUndefined()
          } catch (fault) {
            if (!Fault.is(fault)) throw fault
            expect(fault.message).toBe(`Cannot ${attempt}: ${flaw?.path} is ${flaw?.what}`)
          }
        }),
        { numRuns: 2_000 },
      )
    })
  },
)
