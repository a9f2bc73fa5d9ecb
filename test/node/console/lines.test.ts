// Tests of lines: however the bytes are cut, the lines are the same.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linesOf } from '../../../node/console/lines.ts'
import { lineCharactersMax } from '../../../node/console/tokens.ts'

async function linesFrom(chunks: readonly Uint8Array[]): Promise<string[]> {
  async function* given(): AsyncGenerator<Uint8Array> {
    yield* chunks
  }
  const lines: string[] = []
  for await (const line of linesOf(given())) lines.push(line)
  return lines
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

test('lines do not depend on where the chunks end', async () => {
  const line = fc
    .string({ unit: 'binary' })
    .map((text) => text.replaceAll(/[\r\n\uFEFF]/g, '').toWellFormed())
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 8 }),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.nat(), { maxLength: 6 }),
      async (lines, end, cuts) => {
        const whole = bytes(lines.map((text) => text + end).join(''))
        const places = [
          0,
          ...cuts.map((cut) => cut % (whole.length + 1)).toSorted((a, b) => a - b),
          whole.length,
        ]
        const chunks = places.slice(1).map((place, at) => whole.slice(places[at], place))
        expect(await linesFrom(chunks)).toEqual(lines)
      },
    ),
  )
})

test('a last line without an end is a line, and an end at the end makes none', async () => {
  expect(await linesFrom([bytes('a\nb')])).toEqual(['a', 'b'])
  expect(await linesFrom([bytes('a\nb\n')])).toEqual(['a', 'b'])
  expect(await linesFrom([bytes('')])).toEqual([])
  expect(await linesFrom([bytes('\n\n')])).toEqual(['', ''])
})

test('a byte order mark at the start belongs to no line', async () => {
  expect(await linesFrom([new Uint8Array([0xef, 0xbb]), new Uint8Array([0xbf, 0x61])])).toEqual(['a'])
})

test('of a line that is too long so much is kept that it is seen to be, and the next one is whole', async () => {
  const chunk = bytes('x'.repeat(1_000_000))
  const [long = '', next] = await linesFrom([chunk, chunk, chunk, bytes('\nnext\n')])
  expect(long.length).toBeGreaterThan(lineCharactersMax)
  expect(long.length).toBeLessThan(lineCharactersMax + 10)
  expect(next).toBe('next')
})
