// Tests of escaping: what reaches a terminal from outside.
import { describe, expect, test } from 'vitest'
import { escapeText } from '../../runtime/escape.ts'

describe('what stays as it is', () => {
  for (const text of [
    '',
    'bank/ada',
    'a "quoted" \\ word',
    '<b>bold</b> & co',
    'Łódź, 東京, ‘élan’, 🙂, 한글, नमस्ते',
  ]) {
    test(`"${text}"`, () => expect(escapeText(text, 100)).toBe(text))
  }
})

describe('what is escaped', () => {
  const cases: [kind: string, text: string, shown: string][] = [
    ['a line break', 'a\nb\r\n', String.raw`a\nb\r\n`],
    ['a tab', 'a\tb', String.raw`a\tb`],
    ['a NUL', 'a\0b', String.raw`a\u{0000}b`],
    ['a terminal sequence', '\u001b[31mred\u001b[0m', String.raw`\u{001b}[31mred\u{001b}[0m`],
    ['DEL and a C1 control', '\u007f\u009b', String.raw`\u{007f}\u{009b}`],
    ['a right-to-left override', 'exe\u202etxt', String.raw`exe\u{202e}txt`],
    ['bidi isolates', '\u2066x\u2069', String.raw`\u{2066}x\u{2069}`],
    ['zero-width marks', 'a\u200b\u200d\ufeffb', String.raw`a\u{200b}\u{200d}\u{feff}b`],
    ['line and paragraph separators', '\u2028\u2029', String.raw`\u{2028}\u{2029}`],
    ['a space that is none', 'a\u00a0\u3000b', String.raw`a\u{00a0}\u{3000}b`],
    ['a lone surrogate', 'a\ud800b\udc00', String.raw`a\u{d800}b\u{dc00}`],
    ['a private and an unassigned character', '\ue000\u{e0080}', String.raw`\u{e000}\u{e0080}`],
  ]
  for (const [kind, text, shown] of cases) test(kind, () => expect(escapeText(text, 100)).toBe(shown))
})

describe('what is cut', () => {
  test('text of the allowed length is whole, text of one more ends in an ellipsis', () => {
    expect(escapeText('abcde', 5)).toBe('abcde')
    expect(escapeText('abcdef', 5)).toBe('abcd…')
  })

  test('an escape counts with all its characters and is never cut in two', () => {
    expect(escapeText('ab\n', 4)).toBe(String.raw`ab\n`)
    expect(escapeText('abc\n', 4)).toBe('abc…')
    expect(escapeText('\u202e'.repeat(10), 20)).toBe(String.raw`\u{202e}\u{202e}…`)
  })

  test('a character of two units is never cut in two', () => {
    expect(escapeText('🙂🙂🙂', 4)).toBe('🙂…')
    expect(escapeText('🙂🙂🙂', 5)).toBe('🙂🙂…')
    expect(escapeText('🙂🙂🙂', 6)).toBe('🙂🙂🙂')
  })

  test('of a hundred million characters only the first are looked at', () => {
    expect(escapeText('\u0007'.repeat(100_000_000), 10)).toBe(String.raw`\u{0007}…`)
  })

  test('room for one character shows no more than that something was there', () => {
    expect(escapeText('abc', 1)).toBe('…')
    expect(escapeText('a', 1)).toBe('a')
  })
})
