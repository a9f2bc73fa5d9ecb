// Tests of the nearest name: slips are recognised, other words are not.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nearest } from '../../runtime/nearest.ts'

const known = [
  'strategy',
  'intensity',
  'periodMs',
  'budget',
  'autoShutdown',
  'directives',
  'one-for-one',
  'one-for-all',
]

test('letter case and punctuation do not count', () => {
  expect(nearest('one_for_all', known)).toBe('one-for-all')
  expect(nearest('oneForOne', known)).toBe('one-for-one')
  expect(nearest('auto_shutdown', known)).toBe('autoShutdown')
})

test('a missing unit and a slipped letter lead to the name that was meant', () => {
  expect(nearest('period', known)).toBe('periodMs')
  expect(nearest('stratgey', known)).toBe('strategy')
  expect(nearest('directive', known)).toBe('directives')
})

test('a long name may differ in up to a third of its letters', () => {
  expect(nearest('outoShotdawn', known)).toBe('autoShutdown')
  expect(nearest('outaShotdawnen', known)).toBeUndefined()
})

test('of two names that are equally near the first known is meant', () => {
  expect(nearest('one-for', ['one-for-a', 'one-for-b'])).toBe('one-for-a')
})

test('a word that resembles none has no nearest name', () => {
  expect(nearest('colour', known)).toBeUndefined()
  expect(nearest('', known)).toBeUndefined()
  expect(nearest('x', ['y'])).toBeUndefined()
  expect(nearest('strategy'.repeat(1_000), known)).toBeUndefined()
})

test('a known name is nearest to itself, and one letter off it is still found', () => {
  fc.assert(
    fc.property(fc.constantFrom(...known), fc.nat(), (name, at) => {
      const cut = at % name.length
      expect(nearest(name, known)).toBe(name)
      expect(nearest(name.slice(0, cut) + name.slice(cut + 1), ['zzzz', name])).toBe(name)
    }),
  )
})
