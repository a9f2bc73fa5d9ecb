// Tests of the supervision spec: what it completes, and every way in which it refuses.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Fault } from '../../runtime/fault.ts'
import { backoffDefaults } from '../../supervisors/backoff.ts'
import { directiveRulesMax } from '../../supervisors/directive.ts'
import {
  admitChild,
  childSpec,
  listedDefaults,
  spawnedDefaults,
  supervisionDefaults,
  supervisionSpec,
} from '../../supervisors/supervision-spec.ts'

/** Runs what is to be refused and returns the fault. */
function refused(act: () => unknown): Fault {
  try {
    act()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  return expect.fail('nothing was refused')
}
const refusedSpec = (given: unknown): Fault => refused(() => supervisionSpec(given as never))
const refusedChild = (given: unknown): Fault => refused(() => childSpec(given as never))

describe('supervisionSpec', () => {
  test('nothing, or nothing but undefined, gives the one shared frozen spec', () => {
    expect(supervisionSpec()).toBe(supervisionDefaults)
    expect(supervisionSpec({})).toBe(supervisionDefaults)
    expect(supervisionSpec({ strategy: undefined } as never)).toBe(supervisionDefaults)
    expect(Object.isFrozen(supervisionDefaults)).toBe(true)
  })

  test('the defaults are one-for-one, 3 restarts in 5 s for all children together, no automatic shutdown', () => {
    expect(supervisionDefaults).toEqual({
      strategy: 'one-for-one',
      intensity: 3,
      periodMs: 5_000,
      budget: 'shared',
      autoShutdown: 'never',
      directives: [],
    })
  })

  test('what is given is taken, the rest is as usual, and the result is frozen', () => {
    const spec = supervisionSpec({ strategy: 'rest-for-one', intensity: 0 })
    expect(spec).toEqual({ ...supervisionDefaults, strategy: 'rest-for-one', intensity: 0 })
    expect(Object.isFrozen(spec)).toBe(true)
  })

  test('a completed spec is completed to itself', () => {
    const rules = [{ error: TypeError, directive: 'stop' as const }]
    const spec = supervisionSpec({ budget: 'each', autoShutdown: 'any-significant', directives: rules })
    expect(supervisionSpec(spec)).toEqual(spec)
  })
})

describe('childSpec', () => {
  test('nothing gives the very defaults it was called with', () => {
    expect(childSpec()).toBe(spawnedDefaults)
    expect(childSpec({})).toBe(spawnedDefaults)
    expect(childSpec(undefined, listedDefaults)).toBe(listedDefaults)
    expect(childSpec({ name: 'ada' } as never, listedDefaults, ['name'])).toBe(listedDefaults)
  })

  test('a spawned child is transient and a listed one permanent, with 5 s to stop and no backoff', () => {
    expect(spawnedDefaults).toEqual({
      restart: 'transient',
      significant: false,
      shutdownMs: 5_000,
      backoff: undefined,
    })
    expect(listedDefaults).toEqual({ ...spawnedDefaults, restart: 'permanent' })
  })

  test('the caller overrides the definition, which overrides the usual', () => {
    const said = childSpec({ restart: 'temporary', shutdownMs: 100, backoff: {} })
    expect(childSpec({ shutdownMs: Infinity }, said)).toEqual({
      restart: 'temporary',
      significant: false,
      shutdownMs: Infinity,
      backoff: backoffDefaults,
    })
  })

  test('names that belong to the caller are let through beside the fields', () => {
    expect(childSpec({ name: 7, shutdownMs: 0 } as never, spawnedDefaults, ['name']).shutdownMs).toBe(0)
  })

  test('a part of a backoff is completed', () => {
    expect(childSpec({ backoff: { minMs: 50, maxMs: 150 } }).backoff).toEqual({
      ...backoffDefaults,
      minMs: 50,
      maxMs: 150,
      resetAfterMs: 100,
    })
  })
})

describe('supervision-invalid', () => {
  const rule = { code: 'sale-closed', directive: 'stop' }
  const wrongSpecs: readonly [field: string, given: unknown, hint: RegExp][] = [
    ['supervision', null, /object/],
    ['supervision', [], /object/],
    ['supervision', 'one-for-one', /object/],
    ['period', { period: 5 }, /^Write periodMs instead of period\.$/],
    ['maxRestarts', { maxRestarts: 5 }, /^Remove maxRestarts\.$/],
    ['strategy', { strategy: 'one_for_all' }, /^Write 'one-for-all' for strategy\.$/],
    ['strategy', { strategy: 'all' }, /'rest-for-one'/],
    ['strategy', { strategy: 1 }, /'rest-for-one'/],
    ['intensity', { intensity: Number.NaN }, /whole number from 0 to 1000000/],
    ['intensity', { intensity: -1 }, /whole number/],
    ['intensity', { intensity: 1.5 }, /whole number/],
    ['intensity', { intensity: 1_000_001 }, /whole number/],
    ['intensity', { intensity: Infinity }, /whole number/],
    ['intensity', { intensity: '3' }, /or leave it out for 3\.$/],
    ['periodMs', { periodMs: 0 }, /from 1 to 86400000 ms/],
    ['periodMs', { periodMs: Infinity }, /from 1 to 86400000 ms/],
    ['budget', { budget: 'Shared' }, /^Write 'shared' for budget\.$/],
    ['budget', { budget: 'each', strategy: 'one-for-all' }, /strategy to 'one-for-one'/],
    ['budget', { budget: 'each', strategy: 'rest-for-one' }, /strategy to 'one-for-one'/],
    ['autoShutdown', { autoShutdown: true }, /'all-significant'/],
    ['directives', { directives: null }, /^Write directives as/],
    ['directives', { directives: Array.from({ length: directiveRulesMax + 1 }, () => rule) }, /error class/],
    ['directives[0]', { directives: ['stop'] }, /object/],
    ['directives[1]', { directives: [rule, { directive: 'stop' }] }, /error: Error stands for every error/],
    ['directives[0].directive', { directives: [{ code: 'sale-closed' }] }, /what to do\.$/],
    ['directives[0].directive', { directives: [{ ...rule, directive: 'reset' }] }, /'restart'/],
    ['directives[0].kode', { directives: [{ kode: 'sale-closed' }] }, /directives\[0\]\.code instead/],
    ['directives[0].code', { directives: [{ ...rule, code: 'sale-*' }] }, /in full/],
    ['directives[0].code', { directives: [{ ...rule, code: '' }] }, /in full/],
    ['directives[0].error', { directives: [{ error: 'TypeError', directive: 'stop' }] }, /the class itself/],
    ['directives[0].error', { directives: [{ error: Date, directive: 'stop' }] }, /the class itself/],
    ['directives[0].error', { directives: [{ error: () => true, directive: 'stop' }] }, /the class itself/],
  ]
  const wrongChildren: readonly [field: string, given: unknown, hint: RegExp][] = [
    ['child', 7, /object/],
    ['restrat', { restrat: 'permanent' }, /^Write restart instead of restrat\.$/],
    ['restart', { restart: 'Permanent' }, /^Write 'permanent' for restart\.$/],
    ['significant', { significant: 'yes' }, /true or false/],
    ['significant', { significant: true, restart: 'permanent' }, /'transient' or 'temporary'/],
    ['shutdownMs', { shutdownMs: -1 }, /or Infinity/],
    ['shutdownMs', { shutdownMs: -Infinity }, /or Infinity/],
    ['shutdownMs', { shutdownMs: 2 ** 31 }, /from 0 to 2147483647 ms/],
    ['backoff', { backoff: true }, /object/],
    ['backoff', { backoff: null }, /object/],
    ['backoff.min', { backoff: { min: 5 } }, /^Write backoff\.minMs instead of backoff\.min\.$/],
    ['backoff.minMs', { backoff: { minMs: 0 } }, /from 1 to/],
    ['backoff.minMs', { backoff: { minMs: 40_000 } }, /^Raise backoff\.maxMs to 40000 or more\.$/],
    ['backoff.maxMs', { backoff: { maxMs: Infinity } }, /from 1 to/],
    ['backoff.factor', { backoff: { factor: 0.5 } }, /from 1 to 100/],
    ['backoff.jitter', { backoff: { jitter: 1.1 } }, /from 0 to 1/],
    ['backoff.resetAfterMs', { backoff: { resetAfterMs: Number.NaN } }, /from 0 to/],
  ]

  function check(fault: Fault, field: string, hint: RegExp): void {
    expect(fault.code).toBe('supervision-invalid')
    expect(fault.details).toMatchObject({ field })
    expect(fault.message).toContain(`Cannot take ${field} for supervision: it is `)
    expect(fault.hint).toMatch(hint)
  }

  for (const [field, given, hint] of wrongSpecs) {
    test(`how children are looked after cannot be ${show(given)}`, () =>
      check(refusedSpec(given), field, hint))
  }
  for (const [field, given, hint] of wrongChildren) {
    test(`how a child is looked after cannot be ${show(given)}`, () =>
      check(refusedChild(given), field, hint))
  }

  test('a significant child is refused by a supervisor that never shuts down by itself, and by no other', () => {
    const significant = childSpec({ significant: true })
    check(
      refused(() => admitChild(supervisionDefaults, significant)),
      'significant',
      /autoShutdown/,
    )
    admitChild(supervisionDefaults, spawnedDefaults)
    admitChild(supervisionSpec({ autoShutdown: 'any-significant' }), significant)
    admitChild(supervisionSpec({ autoShutdown: 'all-significant' }), significant)
  })

  test('a permanent child cannot inherit significance from its definition', () => {
    const said = childSpec({ significant: true })
    check(
      refused(() => childSpec({ restart: 'permanent' }, said)),
      'significant',
      /'transient'/,
    )
  })

  test('the message names field, value and what is allowed', () => {
    expect(refusedSpec({ periodMs: -5 }).message).toBe(
      'Cannot take periodMs for supervision: it is -5, allowed is a number from 1 to 86400000 ms',
    )
    expect(refusedSpec({ strategy: 'all-for-one' }).message).toBe(
      "Cannot take strategy for supervision: it is 'all-for-one', allowed is 'one-for-one' | 'one-for-all' | 'rest-for-one'",
    )
  })

  test('a hostile value or name is refused printably, briefly, without running its code', () => {
    const trap = { toString: () => expect.fail('asked'), toJSON: () => expect.fail('asked') }
    const values = [trap, () => 1, Symbol('s'), 10n, '\u202Egnp.exe\u001B[2J', 'x'.repeat(100_000)]
    for (const value of values) {
      for (const fault of [refusedSpec({ strategy: value }), refusedSpec({ intensity: value })]) {
        expect(fault.message).toMatch(/^[^\p{C}]{1,300}$/u)
      }
    }
    const named = refusedSpec(JSON.parse('{"__proto__": 1}'))
    expect(named.details).toMatchObject({ field: '__proto__' })
    expect(refusedSpec({ ['\u202E\n'.repeat(50_000)]: 1 }).message).toMatch(/^[^\p{C}]{1,600}$/u)
  })

  test('whatever is given, the answer is a spec or this fault', () => {
    const keys = [
      'strategy',
      'intensity',
      'periodMs',
      'budget',
      'autoShutdown',
      'directives',
      'restart',
      'backoff',
    ]
    const given = fc.dictionary(fc.constantFrom(...keys), fc.anything({ withNullPrototype: true }))
    fc.assert(
      fc.property(fc.oneof(given, fc.anything()), (value) => {
        for (const act of [() => supervisionSpec(value as never), () => childSpec(value as never)]) {
          try {
            expect(Object.isFrozen(act())).toBe(true)
          } catch (error) {
            expect(error).toMatchObject({ code: 'supervision-invalid' })
          }
        }
      }),
    )
  })
})

/** Names a wrong value for the title of its test. */
function show(given: unknown): string {
  const text = JSON.stringify(given, (_, value: unknown) => {
    if (typeof value === 'function') return `[${value.name || 'function'}]`
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
  })
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}
