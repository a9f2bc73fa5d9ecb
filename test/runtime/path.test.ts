// Tests of the path: which names an actor may have, and how the others are refused.
import { describe, expect, test } from 'vitest'
import { Fault } from '../../runtime/fault.ts'
import { checkName, checkPath, isPath, pathBytesMax, upwards } from '../../runtime/path.ts'

function refused(check: (name: unknown) => void, name: unknown): Fault {
  try {
    check(name)
  } catch (error) {
    expect(error).toBeInstanceOf(Fault)
    return error as Fault
  }
  return expect.fail('the name was taken')
}

const names = [
  'a',
  '7',
  'ada',
  'Ada',
  'ada.lovelace',
  'x_y-z',
  'a@b.c',
  'k:v',
  'a+b=c,d~e',
  'a..b',
  'a'.repeat(pathBytesMax),
]
const paths = ['bank/ada', 'bank/ada/audit', '1/2/3', `${'a/'.repeat(255)}bc`]

describe('names that are taken', () => {
  for (const name of names) {
    test(`"${name.slice(0, 20)}" (${name.length} characters) names a child or a root`, () => {
      expect(() => checkName(name)).not.toThrow()
      expect(() => checkPath(name)).not.toThrow()
      expect(isPath(name)).toBe(true)
    })
  }
  for (const path of paths) {
    test(`"${path.slice(0, 20)}" (${path.length} characters) names a root and not a child`, () => {
      expect(() => checkPath(path)).not.toThrow()
      expect(refused(checkName, path).message).toContain("a child's name is one segment")
      expect(isPath(path)).toBe(true)
    })
  }
})

describe('names that are refused', () => {
  const cases: [kind: string, name: unknown, why: string][] = [
    ['empty', '', 'Cannot name an actor "": it is empty'],
    ['a dot', '.', 'character 1 is ".", a segment starts with a letter or digit'],
    ['two dots', '..', 'character 1 is "."'],
    ['two dots on the way', 'bank/../ada', 'character 6 is "."'],
    ['what looks like an option', '--help', 'character 1 is "-"'],
    ['a leading slash', '/bank', 'the segment at character 1 is empty'],
    ['a double slash', 'bank//ada', 'the segment at character 6 is empty'],
    ['a trailing slash', 'bank/', 'the segment at character 6 is empty'],
    ['a space', 'ada lovelace', 'character 4 is " "'],
    ['a backslash', 'bank\\ada', String.raw`character 5 is "\"`],
    ['a NUL', 'ada\0', String.raw`"ada\u{0000}": character 4 is \u{0000}`],
    ['a line break', 'ada\nsudo', String.raw`"ada\nsudo": character 4 is \n`],
    ['a line break at the end', 'ada\n', String.raw`character 4 is \n`],
    ['a terminal sequence', '\u001b[2Jada', String.raw`"\u{001b}[2Jada": character 1 is \u{001b}`],
    ['HTML', 'a<img src=x onerror=alert(1)>', 'character 2 is "<"'],
    ['a right-to-left override', 'ada\u202egnp.exe', String.raw`character 4 is \u{202e}`],
    ['a zero-width space', 'ad\u200ba', String.raw`character 3 is \u{200b}`],
    ['a letter that only looks like "a"', 'd\u0430ta', String.raw`character 2 is \u{0430}`],
    ['an umlaut', 'Zürich', String.raw`character 2 is \u{00fc}`],
    ['an emoji', 'ada🙂', String.raw`character 4 is \u{1f642}`],
    ['a lone surrogate', 'ada\ud800', String.raw`"ada\u{d800}": character 4 is \u{d800}`],
    ['the mark of given names', 'counter$7', 'character 8 is "$", which marks names given by the runtime'],
    ['a number', 7, 'Cannot name an actor with a number: a name is a string'],
    ['nothing', undefined, 'with a undefined'],
    ['an object that wants to be asked', { toString: () => expect.fail('asked') }, 'with a object'],
  ]
  for (const [kind, name, why] of cases) {
    test(kind, () => {
      for (const check of [checkPath, checkName]) {
        const fault = refused(check, name)
        expect(fault.code).toBe('name-invalid')
        expect(fault.hint).toMatch(/^Use letters/)
        expect(fault.message).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u)
        if (check === checkPath || !fault.message.includes('one segment'))
          expect(fault.message).toContain(why)
      }
      if (typeof name === 'string') expect(isPath(name)).toBe(name === 'counter$7')
    })
  }

  for (const name of [
    'a'.repeat(pathBytesMax + 1),
    'a'.repeat(4_096),
    `a${'/b'.repeat(2_048)}`,
    '\u202e'.repeat(4_096),
  ]) {
    test(`${name.length} characters of "${name.slice(0, 3)}" are too many, and are not echoed`, () => {
      const fault = refused(checkPath, name)
      expect(fault.message).toContain(`it has ${name.length} characters, 512 are allowed`)
      expect(fault.message.length).toBeLessThan(200)
      expect(isPath(name)).toBe(false)
      expect(refused(checkName, name).message).toBe(fault.message)
    })
  }
})

test('upwards of a path are the path itself and those above it, until one is found', () => {
  const seen: string[] = []
  const found = upwards('a/b/c', (path) => {
    seen.push(path)
    return path === 'a' ? 0 : undefined
  })
  expect([found, seen]).toEqual([0, ['a/b/c', 'a/b', 'a']])
  expect(upwards('ab/c', (path) => (path === 'a' ? 1 : undefined))).toBeUndefined()
  expect(upwards('', () => 1)).toBeUndefined()
})

test('a path with a given name in it can be looked up but not chosen', () => {
  expect(isPath('amsterdam/counter$7')).toBe(true)
  expect(isPath('$')).toBe(false)
  expect(refused(checkPath, 'amsterdam/counter$7').message).toContain('character 18 is "$"')
})
