// Tests of exact JSON: every payload comes back as it was, and what is no payload is refused.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from 'troupe'
import { TestNode } from 'troupe/testing'
import { fromExactJson, toExactJson } from '../../../node/journal/exact-json.ts'

const refAt = (path: string): unknown => path

/** Through the text, as in a file. */
function around(value: unknown, at: (path: string) => unknown = refAt): unknown {
  return fromExactJson(JSON.parse(JSON.stringify(toExactJson(value))), at)
}

const kept: readonly (readonly [what: string, value: unknown, json: unknown])[] = [
  ['plain data', { a: [1, 'x', null, true], b: { c: 0.5 } }, { a: [1, 'x', null, true], b: { c: 0.5 } }],
  ['undefined', { a: undefined, b: [undefined] }, { a: { $undefined: true }, b: [{ $undefined: true }] }],
  ['NaN', NaN, { $number: 'NaN' }],
  ['infinity', -Infinity, { $number: '-Infinity' }],
  ['minus zero', -0, { $number: '-0' }],
  ['a bigint', -(2n ** 70n), { $bigint: '-1180591620717411303424' }],
  ['a date', new Date(1_767_225_600_123), { $date: '2026-01-01T00:00:00.123Z' }],
  ['no date', new Date(NaN), { $date: null }],
  ['a date before our calendar', new Date(-1e14), { $date: -1e14 }],
  [
    'a map',
    new Map<unknown, unknown>([[{ k: 1 }, new Set([1, -0])]]),
    { $map: [[{ k: 1 }, { $set: [1, 0] }]] },
  ],
  [
    'a record with a $',
    { $map: [1], b: 2 },
    {
      $record: [
        ['$map', [1]],
        ['b', 2],
      ],
    },
  ],
  ['bytes', Uint8Array.of(1, 2, 255), { $bytes: 'AQL/' }],
  ['other bytes', Float64Array.of(0.5, NaN), { $bytes: 'AAAAAAAA4D8AAAAAAAD4fw==', as: 'Float64Array' }],
  ['a buffer', Buffer.from('hi'), { $bytes: 'aGk=', as: 'Buffer' }],
  ['an empty ArrayBuffer', new ArrayBuffer(0), { $bytes: '', as: 'ArrayBuffer' }],
]

test.each(kept)('%s is written so that people can read it, and comes back', (_what, value, json) => {
  expect(toExactJson(value)).toEqual(json)
  expect(around(value)).toStrictEqual(value)
})

test('a part of a larger buffer comes back as its own bytes alone', () => {
  const part = new Uint16Array(Uint16Array.of(1, 2, 3, 4).buffer, 2, 2)
  const back = around(part) as Uint16Array
  expect(back).toStrictEqual(Uint16Array.of(2, 3))
  expect(back.buffer.byteLength).toBe(4)
})

test('a ref comes back as a ref of the same path, and a fault with all that it says', async () => {
  await using node = new TestNode()
  const probe = node.probe('bank/ada')
  expect(toExactJson(probe.ref)).toEqual({ $ref: 'bank/ada' })
  expect(around(probe.ref)).toBe('bank/ada')
  const fault = new Fault('bank-shut', 'Cannot pay: it is shut', {
    hint: 'Come back.',
    details: { hour: NaN, $odd: 1 },
    outcome: 'unknown',
    cause: new RangeError('late'),
  })
  const back = around({ fault }) as { fault: Fault }
  expect(Fault.is(back.fault)).toBe(true)
  expect(back.fault.toJSON()).toEqual(fault.toJSON())
})

test('any payload comes back', () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium' },
      fc.constantFrom<unknown>(undefined, null, NaN, -0, Infinity, true, '', '$', '__proto__'),
      fc.double(),
      fc.bigInt(),
      fc.string({ unit: 'grapheme' }),
      fc.date({ noInvalidDate: false }),
      fc.uint8Array({ maxLength: 9 }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('a', '$map', '$b', '', 'ü', 'toString'), tie('value'), {
        noNullPrototype: true,
      }),
      fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
      fc.array(tie('value'), { maxLength: 3 }).map((members) => new Set(members)),
    ),
  }))
  fc.assert(
    fc.property(value, (one) => {
      expect(around(one)).toStrictEqual(one)
    }),
    { numRuns: 500 },
  )
})

const refused: readonly (readonly [json: unknown, how: RegExp])[] = [
  [{ $map: 1 }, /^\$ is "\$map" without a list$/],
  [{ a: [{ $map: [[1]] }] }, /^\$\.a\[0\] is "\$map" with what is no pair$/],
  [{ $number: '1' }, /no number such as NaN/],
  [{ $bigint: '0x1' }, /no whole number/],
  [{ $bigint: 5 }, /no whole number/],
  [{ $date: 'yesterday' }, /no date/],
  [{ $bytes: '!' }, /base64/],
  [{ $bytes: 'AA==', as: 'Uint16Array' }, /half a number/],
  [{ $bytes: 'AA==', as: 'Function' }, /no known kind/],
  [{ $ref: '../x' }, /no path/],
  [{ $fault: { code: 1 } }, /no fault/],
  [{ $nothing: 1 }, /means nothing here/],
  [{ $undefined: true, more: 1 }, /something beside it/],
  [{ $record: [['__proto__', 1]] }, /a name that is none/],
  [JSON.parse('{"__proto__": 1}'), /named "__proto__"/],
]

test.each(refused)('%j is refused', (json, how) => {
  expect(() => fromExactJson(json, refAt)).toThrow(how)
})

test('what is nested too deeply is refused before it fills the stack', () => {
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown
  expect(() => fromExactJson(deep, refAt)).toThrow(/nested deeper than 256 levels/)
})
