// Tests of values as people see them: literals that can be sent again, and nothing that could harm a terminal.
import fc from 'fast-check'
import json5 from 'json5'
import { expect, test } from 'vitest'
import { Style } from '../../../node/console/style.ts'
import { valueLine, valueText } from '../../../node/console/value.ts'
import type { Plain } from '../../../node/plain.ts'

const style = new Style({ env: { LANG: 'C.UTF-8' }, isTerminal: false })
const ascii = new Style({ env: {}, isTerminal: false })

/** Keys that are no marks. */
const key = fc
  .string({ unit: 'binary' })
  .filter((text) => !text.startsWith('$') && text !== '__proto__')
  .map((text) => text.toWellFormed())
const { plain } = fc.letrec<{ plain: Plain }>((tie) => ({
  plain: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Object.is(value, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('plain')),
    fc.dictionary(key, tie('plain'), { noNullPrototype: true }),
  ),
}))

test('what is shown can be typed again: as JSON5 it is the same value', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(json5.parse(valueText(value, style))).toEqual(value)
      expect(json5.parse(valueText(value, ascii))).toEqual(value)
    }),
  )
})

test('nothing unprintable is shown, and without UTF-8 only ASCII', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(valueText(value, style).replaceAll('\n', '')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
      expect(valueText(value, ascii).replaceAll('\n', '')).toMatch(/^[ -~]*$/)
    }),
  )
})

test('a short value stands on one line, a long one is broken up', () => {
  expect(valueText({ a: 1, 'b c': [true, null] }, style)).toBe(`{ a: 1, 'b c': [true, null] }`)
  expect(valueText({ list: ['x'.repeat(40), 'y'.repeat(40)], n: 1 }, style)).toBe(
    ['{', '  list: [', `    '${'x'.repeat(40)}',`, `    '${'y'.repeat(40)}',`, '  ],', '  n: 1,', '}'].join(
      '\n',
    ),
  )
  expect(valueText(`it's`, style)).toBe(`"it's"`)
  expect(valueText(undefined, style)).toBe('undefined')
})

test('a line is cut where it gets too long', () => {
  expect(valueLine({ a: 'x'.repeat(100) }, style, 12)).toBe(`{ a: 'xxxxx…`)
  expect(valueLine(undefined, style)).toBe('')
})

test('what JSON does not know has a form of its own', () => {
  const shown: readonly (readonly [Plain, string])[] = [
    [{ $ref: 'bank/ada' }, '<ref bank/ada>'],
    [{ $map: [['a', 1], { $cut: '3 more' }] }, `Map('a' => 1, <3 more>)`],
    [{ $set: [1, 2] }, 'Set(1, 2)'],
    [{ $date: '2026-01-01T00:00:00.000Z' }, '<date 2026-01-01T00:00:00.000Z>'],
    [{ $number: 'NaN' }, 'NaN'],
    [{ $bigint: '12' }, '12n'],
    [{ $bytes: 2, hex: '00ff' }, '<bytes 2>'],
    [{ $function: 'f' }, '<function f>'],
    [{ $class: 'Box', size: 1 }, `{ $class: 'Box', size: 1 }`],
    [{ $cut: 'deeper levels' }, '<deeper levels>'],
  ]
  for (const [value, text] of shown) expect(valueText(value, style)).toBe(text)
})
