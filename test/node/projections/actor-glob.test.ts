// Tests of globs of actors.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actorGlob } from '../../../node/projections/actor-glob.ts'

test.each([
  ['bank/ada', 'bank/ada', true],
  ['bank/ada', 'bank/adam', false],
  ['bank/*', 'bank/ada', true],
  ['bank/*', 'bank/ada/audit', false],
  ['bank/*', 'bank', false],
  ['bank/**', 'bank/ada/audit', true],
  ['bank/**', 'bank', true],
  ['bank/**', 'banks/ada', false],
  ['**/audit', 'bank/ada/audit', true],
  ['**/audit', 'audit', true],
  ['bank/a*a', 'bank/ada', true],
  ['bank/a*a', 'bank/a', false],
  ['*', 'bank', true],
  ['*', 'bank/ada', false],
  ['**', 'bank/ada', true],
  ['*/a*b*c/**/z', 'x/a1b2c/y/y/z', true],
  ['*/a*b*c/**/z', 'x/a1c2b/y/y/z', false],
] as const)('%s stands for %s: %s', (glob, path, isMeant) => {
  expect(actorGlob(glob)(path)).toBe(isMeant)
})

test('a glob of many stars is no slower than the product of both lengths', () => {
  const isMeant = actorGlob(`${'a*'.repeat(250)}b`)
  expect(isMeant('a'.repeat(500))).toBe(false)
})

test('a glob fits what the same glob as a regular expression fits', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 })
  const glob = fc.string({ unit: fc.constantFrom('a', 'b', '*', '/'), maxLength: 6 })
  fc.assert(
    fc.property(glob, text, (pattern, path) => {
      fc.pre(!pattern.includes('**'))
      const expression = new RegExp(`^${pattern.replaceAll('*', '[^/]*')}$`)
      expect(actorGlob(pattern)(path)).toBe(expression.test(path))
    }),
  )
})
