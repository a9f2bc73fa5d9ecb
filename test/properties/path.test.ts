// Properties of the path, for all texts.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '../../runtime/fault.ts'
import { checkName, checkPath, isPath, pathBytesMax } from '../../runtime/path.ts'

const letters = 'abcXYZ019'
const anyCharacter = fc.constantFrom(
  ...`${letters}._:@+=,~-/$`,
  ' ',
  '\n',
  '\u202e',
  '\ud800',
  'é',
  '<',
  '\\',
)
const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 600 }),
  fc.string({ unit: anyCharacter, maxLength: 12 }),
)

/** The rule once more, character by character. */
function isAllowed(text: string): boolean {
  const parts = text.split('/')
  const isSegment = (part: string): boolean =>
    part !== '' &&
    /[a-z0-9]/i.test(part.charAt(0)) &&
    part.split('').every((character) => /[a-z0-9._:@+=,~-]/i.test(character) && character <= '~')
  return text.length <= pathBytesMax && parts.every(isSegment)
}

function faultOf(run: () => void): Fault | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

test('a path is taken exactly if each segment follows the rule; else its fault is short, printable and says where', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const fault = faultOf(() => checkPath(text))
      expect(fault === undefined).toBe(isAllowed(text))
      if (fault === undefined) return
      expect(fault.code).toBe('name-invalid')
      expect(fault.message.length).toBeLessThan(250)
      expect(fault.message).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
      expect(fault.message).not.toContain('it is no path')
    }),
    { numRuns: 2_000 },
  )
})

test('a name is taken exactly if it is a path without a slash', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(faultOf(() => checkName(text)) === undefined).toBe(isAllowed(text) && !text.includes('/'))
    }),
    { numRuns: 2_000 },
  )
})

test('what can be chosen can be looked up', () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(isPath(text) || !isAllowed(text)).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})
