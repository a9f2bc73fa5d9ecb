// Tests of plain data: every value can be carried by JSON, within bounds, and no code of the value runs.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { plain, shownBounds, wholeBounds } from '../../node/plain.ts'

test('whatever JSON can carry comes out as it went in', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (made) => {
      // A minus zero is a value, but none that JSON carries.
      const value: unknown = JSON.parse(JSON.stringify(made))
      expect(plain(value, wholeBounds)).toEqual(value)
    }),
  )
})

test('anything at all becomes what JSON can carry', () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withTypedArray: true,
        withNullPrototype: true,
        withSparseArray: true,
        withBoxedValues: true,
      }),
      (value) => {
        const copy = plain(value)
        expect(JSON.parse(JSON.stringify({ copy }))).toEqual(copy === undefined ? {} : { copy })
      },
    ),
  )
})

test('what JSON does not know is marked', async () => {
  await using node = await startTestNode()
  class Box {
    readonly size = 1
  }
  const values: readonly (readonly [unknown, unknown])[] = [
    [undefined, undefined],
    [NaN, { $number: 'NaN' }],
    [-0, { $number: '-0' }],
    [12n, { $bigint: '12' }],
    [2n ** 300n, { $bigint: 'beyond 256 bits' }],
    [Symbol('s'), { $symbol: 's' }],
    [function named() {}, { $function: 'named' }],
    [new Date(0), { $date: '1970-01-01T00:00:00.000Z' }],
    [new Date(NaN), { $date: 'no date' }],
    [new Map([['a', new Set([1])]]), { $map: [['a', { $set: [1] }]] }],
    [new Uint8Array([1, 255]), { $bytes: 2, hex: '01ff' }],
    [new ArrayBuffer(40), { $bytes: 40, hex: `${'00'.repeat(32)}…` }],
    [new TypeError('no'), { $error: 'TypeError: no' }],
    [
      new Fault('a-fault', 'Cannot', { hint: 'Do.' }),
      { $fault: { code: 'a-fault', message: 'Cannot', hint: 'Do.' } },
    ],
    [new Box(), { $class: 'Box', size: 1 }],
    [Promise.resolve(1), { $opaque: 'promise' }],
    [new Proxy({}, {}), { $opaque: 'proxy' }],
    [
      [1, , 3],
      [1, null, 3],
    ],
    ['\uD800', '\uFFFD'],
    [node.probe('ada').ref, { $ref: 'ada' }],
  ]
  for (const [value, expected] of values) expect(plain(value)).toEqual(expected)
})

test('a cycle, a depth and a width are cut where the bounds are, and say so', () => {
  const loop: Record<string, unknown> = { name: 'loop' }
  loop['self'] = { again: loop }
  expect(plain(loop)).toEqual({ name: 'loop', self: { again: { $cycle: '2 levels up' } } })
  expect(plain([[[1]]], { ...shownBounds, depthMax: 2 })).toEqual([[{ $cut: 'deeper levels' }]])
  expect(plain([1, 2, 3, 4], { ...shownBounds, nodesMax: 3 })).toEqual([1, 2, { $cut: '2 more' }])
  expect(plain({ a: 1, b: 2, c: 3 }, { ...shownBounds, nodesMax: 2 })).toEqual({ a: 1, $cut: '2 more' })
  expect(plain('abcdef', { ...shownBounds, textMax: 4 })).toBe('abcd… (2 more characters)')
})

test('neither getters nor traps nor toJSON of a value run, and no key changes what the copy is', () => {
  const trap = (): never => {
    throw new Error('its code was run')
  }
  const value = { toJSON: trap, bad: new Proxy({}, { get: trap, getPrototypeOf: trap, ownKeys: trap }) }
  Object.defineProperty(value, 'got', { get: trap, enumerable: true })
  Object.defineProperty(value, '__proto__', { value: { polluted: true }, enumerable: true })
  const copy = plain(value) as Record<string, unknown>
  expect(copy).toMatchObject({
    toJSON: { $function: 'trap' },
    bad: { $opaque: 'proxy' },
    got: { $opaque: 'getter' },
  })
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  expect('polluted' in copy).toBe(false)
})
