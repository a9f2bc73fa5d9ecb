// Tests of the input of verbs: values from any door are checked against the same parameters.
import { expect, test } from 'vitest'
import { inputOf } from '../../../node/verbs/input.ts'
import { verbs } from '../../../node/verbs/table.ts'
import { durationText, usageOf } from '../../../node/verbs/usage.ts'
import type { AnyVerb } from '../../../node/verbs/verb.ts'

const verb = (name: string): AnyVerb => {
  const found = verbs.find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no verb ${name}`)
  return found
}

test('what is left out has its fallback, or is undefined', () => {
  expect(inputOf(verb('ask'), { actor: 'a', message: 'm' })).toEqual({
    actor: 'a',
    message: 'm',
    payload: undefined,
    timeout: 5_000,
  })
  expect(inputOf(verb('spawn'), { definition: 'd' })).toEqual({
    definition: 'd',
    path: undefined,
    arg: [],
    restart: undefined,
    shutdown: undefined,
    place: undefined,
    node: undefined,
    anywhere: false,
    label: undefined,
    kind: undefined,
    near: undefined,
    onNodeLoss: undefined,
  })
})

test('a value of the wrong type or out of range is refused by name', () => {
  const wrong: readonly (readonly [string, Record<string, unknown>, string])[] = [
    ['ask', { actor: 'a', message: 'm', timeout: '5s' }, 'argument-invalid'],
    ['ask', { actor: 'a', message: 'm', timeout: NaN }, 'argument-invalid'],
    ['ask', { actor: 7, message: 'm' }, 'argument-invalid'],
    ['ask', { actor: 'a' }, 'argument-missing'],
    ['ask', { actor: 'a', message: 'm', to: 'b' }, 'option-unknown'],
    ['ls', { limit: 2.5 }, 'argument-invalid'],
    ['ls', { limit: Infinity }, 'argument-invalid'],
    ['ls', { status: 'dead' }, 'argument-invalid'],
    ['kill', { actor: 'a', forGood: 'yes' }, 'argument-invalid'],
  ]
  for (const [name, given, code] of wrong)
    expect(() => inputOf(verb(name), given)).toThrow(expect.objectContaining({ code }))
})

test('every verb can be described: a name, a sentence, examples that begin with it, a risk and a role', () => {
  for (const { name, summary, examples, risk, role } of verbs) {
    expect(summary).toMatch(/^[A-Z].*\.$/)
    expect(examples.length).toBeGreaterThan(0)
    for (const example of examples) expect(`${example} `.startsWith(`${name} `)).toBe(true)
    // What changes something is never for those who may only look.
    expect([
      'low medium high'.split(' ').indexOf(risk) < 2 || role === 'operate' || role === 'admin',
    ]).toEqual([true])
  }
  expect(new Set(verbs.map(({ name }) => name)).size).toBe(verbs.length)
})

test('a usage shows what must be given and what may be', () => {
  expect(usageOf(verb('ask'))).toBe('ask ACTOR MESSAGE [PAYLOAD] [--timeout TIME]')
  expect(usageOf(verb('spawn'))).toBe(
    'spawn DEFINITION [PATH] [ARG…] [--restart permanent|transient|temporary] [--shutdown TIME] [--place TEXT] ' +
      '[--node NODE] [--anywhere] [--label TEXT] [--kind initial|trusted|local|proxy] [--near ACTOR] [--on-node-loss rehome|wait|stop]',
  )
  expect(usageOf(verb('kill'))).toBe('kill ACTOR [--for-good]')
})

test('a time is written with the unit that fits it', () => {
  const written: readonly (readonly [number, string])[] = [
    [0, '0ms'],
    [1, '1ms'],
    [1_500, '1500ms'],
    [5_000, '5s'],
    [120_000, '2m'],
    [7_200_000, '2h'],
  ]
  for (const [ms, text] of written) expect(durationText(ms)).toBe(text)
})
