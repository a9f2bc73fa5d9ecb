// Tests of the directives: which rule a thrown value meets.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Fault } from '../../runtime/fault.ts'
import type { DirectiveRule } from '../../runtime/supervision.ts'
import { directiveFor, directiveRules, directives } from '../../supervisors/directive.ts'

class SaleFault extends Fault {}
class ParseError extends TypeError {}

const overdrawn = new Fault('account-overdrawn', 'Cannot withdraw: balance is 3', { hint: 'Deposit first' })
const saleClosed = new SaleFault('sale-closed', 'Cannot buy: the sale is closed', { hint: 'Come back' })
function trap(): never {
  throw new Error('not to be looked at')
}

/** What a handler might throw, also what refuses to be looked at, and which criteria of a rule it meets. */
const thrown: readonly { value: unknown; code?: string; classes: readonly unknown[] }[] = [
  { value: overdrawn, code: 'account-overdrawn', classes: [Error, Fault] },
  { value: saleClosed, code: 'sale-closed', classes: [Error, Fault, SaleFault] },
  { value: new Error('boom'), classes: [Error] },
  { value: new TypeError('boom'), classes: [Error, TypeError] },
  { value: new ParseError('boom'), classes: [Error, TypeError, ParseError] },
  { value: Object.assign(new Error('connect'), { code: 'account-overdrawn' }), classes: [Error] },
  { value: 'text', classes: [] },
  { value: undefined, classes: [] },
  { value: null, classes: [] },
  { value: { code: 'account-overdrawn' }, classes: [] },
  { value: Object.create(null), classes: [] },
  { value: new Proxy({}, { getPrototypeOf: trap }), classes: [] },
]

const rules: fc.Arbitrary<DirectiveRule> = fc.record(
  {
    code: fc.constantFrom('account-overdrawn', 'sale-closed', 'sale'),
    error: fc.constantFrom<NonNullable<DirectiveRule['error']>>(
      Error,
      TypeError,
      ParseError,
      Fault,
      SaleFault,
    ),
    directive: fc.constantFrom(...directives),
  },
  { requiredKeys: ['directive'] },
)

function meets(rule: DirectiveRule, { code, classes }: (typeof thrown)[number]): boolean {
  if (rule.code === undefined && rule.error === undefined) return false
  return (
    (rule.code === undefined || rule.code === code) &&
    (rule.error === undefined || classes.includes(rule.error))
  )
}

describe('directiveFor', () => {
  test('without rules a Fault resumes and anything else restarts', () => {
    for (const { value, code } of thrown) {
      expect(directiveFor([], value)).toBe(code === undefined ? 'restart' : 'resume')
    }
  })

  test('the first rule that matches decides, and without one the default', () => {
    fc.assert(
      fc.property(fc.array(rules, { maxLength: 6 }), fc.constantFrom(...thrown), (table, error) => {
        const expected = table.find((rule) => meets(rule, error))?.directive ?? directiveFor([], error.value)
        expect(directiveFor(table, error.value)).toBe(expected)
      }),
    )
  })

  test('a code matches whole, never as the beginning of another', () => {
    expect(directiveFor([{ code: 'account', directive: 'stop' }], overdrawn)).toBe('resume')
    expect(directiveFor([{ code: 'account-overdrawn', directive: 'stop' }], overdrawn)).toBe('stop')
  })

  test('a class matches its subclasses and not its parents', () => {
    const table: DirectiveRule[] = [{ error: TypeError, directive: 'stop' }]
    expect(directiveFor(table, new ParseError('boom'))).toBe('stop')
    expect(directiveFor(table, new Error('boom'))).toBe('restart')
  })

  test('a rule with neither code nor class matches nothing', () => {
    for (const { value } of thrown) {
      expect(directiveFor([{ directive: 'escalate' }], value)).toBe(directiveFor([], value))
    }
  })

  test('a class whose own test throws is no match', () => {
    class Grumpy extends Error {
      static override [Symbol.hasInstance](): boolean {
        throw new Error('do not ask')
      }
    }
    expect(directiveFor([{ error: Grumpy, directive: 'stop' }], new Error('boom'))).toBe('restart')
  })
})

test('Error itself is taken as a class, which stands for every error', () => {
  const checked = directiveRules([{ error: Error, directive: 'stop' }])
  expect(directiveFor(checked, overdrawn)).toBe('stop')
})

test('the rules that directiveRules returns are a frozen copy that directs as the given ones', () => {
  const given: DirectiveRule[] = [
    { code: 'account-overdrawn', directive: 'escalate' },
    { error: TypeError, directive: 'stop' },
  ]
  const checked = directiveRules(given)
  expect(checked).toEqual(given)
  given.length = 0
  expect(directiveFor(checked, overdrawn)).toBe('escalate')
  expect([checked, ...checked].every((part) => Object.isFrozen(part))).toBe(true)
})
