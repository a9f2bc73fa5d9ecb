// Properties of escaping, for all texts.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeText } from '../../runtime/escape.ts'

const texts = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('\n', '\ud83d', '🙂', 'a') }),
)

test('no text brings out a control, a format mark or half a character', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 50 }), (text, max) => {
      expect(escapeText(text, max)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test('no text comes out longer than allowed', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 50 }), (text, max) => {
      expect(escapeText(text, max).length).toBeLessThanOrEqual(max)
    }),
  )
})

test('what was cut is the beginning of what is whole', () => {
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 50 }), (text, max) => {
      const whole = escapeText(text, 1_000)
      const shown = escapeText(text, max)
      if (whole.length <= max) expect(shown).toBe(whole)
      else expect(whole.startsWith(shown.slice(0, -1)) && shown.endsWith('…')).toBe(true)
    }),
  )
})
