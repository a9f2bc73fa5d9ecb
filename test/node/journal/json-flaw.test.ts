// Tests of JSON flaws: the column is that of the first character that cannot stand where it is.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jsonFlaw } from '../../../node/journal/json-flaw.ts'

const flaws: readonly (readonly [text: string, column: number])[] = [
  ['', 1],
  ['x', 1],
  ['{"a":x}', 6],
  ['{"a":1', 7],
  ['{"a" 1}', 6],
  ['{"a":1,}', 8],
  ['[1,]', 4],
  ['[1 2]', 4],
  ['{"a":1}}', 8],
  ['{"a":1]', 7],
  ['"a\tb"', 3],
  [String.raw`"a\x"`, 4],
  [String.raw`"a\u12g4"`, 4],
  ['"a', 3],
  ['[01]', 3],
  ['[1.]', 3],
  ['[-]', 2],
  ['{a:1}', 2],
  ['tru', 1],
  ['  {"a":nul}', 8],
]

test.each(flaws)('the flaw of %j is in column %i', (text, column) => {
  expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
  expect(jsonFlaw(text).column).toBe(column)
})

test('all before the column can be the beginning of JSON, wherever a character was lost or changed', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), fc.constantFrom('', 'x', '"', ',', '}', '\\'), (json, seed, change) => {
      const at = seed % Math.max(1, json.length)
      const text = `${json.slice(0, at)}${change}${json.slice(at + 1)}`
      try {
        JSON.parse(text)
        return
      } catch {
        const { column } = jsonFlaw(text)
        expect(column).toBeGreaterThan(0)
        expect(jsonFlaw(text.slice(0, column - 1))).toEqual({ column, what: 'the line ends too early' })
      }
    }),
  )
})
