// Tests of tokens: a line is cut at spaces, and never within quotes or brackets.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from 'troupe'
import { tokensFrom, tokensOf } from '../../../node/console/tokens.ts'

const cut = (line: string): string[] => tokensOf(line).map(({ text }) => text)

test('words are cut at spaces, literals hold together', () => {
  expect(cut('tell  a\tb   {x: 1, y: [2, "} \\" ("]} ')).toEqual([
    'tell',
    'a',
    'b',
    '{x: 1, y: [2, "} \\" ("]}',
  ])
  expect(cut(`load "my file.ts" --path='a b'`)).toEqual(['load', '"my file.ts"', `--path='a b'`])
  expect(cut(`greet it's 5" [1,(2)]`)).toEqual(['greet', `it's`, '5"', '[1,(2)]'])
  expect(cut('a) b]')).toEqual(['a)', 'b]'])
})

test('an empty line and a comment have no words', () => {
  for (const line of ['', '  \t', '# tell a b', '   #']) expect(cut(line)).toEqual([])
  expect(cut('tell a #1')).toEqual(['tell', 'a', '#1'])
})

test('whatever the line, it is cut into pieces of itself or refused with a place in it', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...`ab "'\\{[()]}=#\t`), maxLength: 40 }), (line) => {
      try {
        const tokens = tokensOf(line)
        for (const { text, start, end } of tokens) {
          expect(line.slice(start, end)).toBe(text)
          expect(text.trim()).not.toBe('')
        }
        const left = tokens.reduceRight(
          (rest, { start, end }) => rest.slice(0, start) + rest.slice(end),
          line,
        )
        if (!/^\s*#/.test(line)) expect(left.trim()).toBe('')
      } catch (error) {
        if (!Fault.is(error)) throw error
        expect(error.code).toBe('line-invalid')
        const place = Number(/character (\d+)/.exec(error.message)?.[1])
        expect(place).toBeGreaterThan(0)
        expect(place).toBeLessThanOrEqual(line.length)
      }
    }),
  )
})

test('a quoted string of any text is one word', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const quoted = JSON.stringify(text)
      expect(cut(`tell a ${quoted} --x`)).toEqual(['tell', 'a', quoted, '--x'])
    }),
  )
})

test('words that a shell has cut are taken as they are', () => {
  expect(tokensFrom(['run', 'my file', '{a: 1']).map(({ text }) => text)).toEqual(['run', 'my file', '{a: 1'])
})
