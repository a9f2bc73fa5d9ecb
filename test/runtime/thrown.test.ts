// Tests of thrown values: whatever comes out of somebody's code gets a name.
import { describe, expect, test } from 'vitest'
import { describeThrown, thrownMessageMax, thrownNameMax } from '../../runtime/thrown.ts'

function hostile(trap: string): object {
  return new Proxy(
    {},
    {
      [trap]() {
        throw new Error('trap')
      },
    },
  )
}

describe('what a thrown value is called', () => {
  class OrderError extends Error {
    override readonly name = 'OrderError'
  }
  const cases: [kind: string, value: unknown, name: string, message: string][] = [
    ['an error', new TypeError('x is not a function'), 'TypeError', 'x is not a function'],
    ['an error of a class with a name', new OrderError('no such order'), 'OrderError', 'no such order'],
    ['an error without a message', new Error(''), 'Error', ''],
    ['a string', 'oops', 'string', 'oops'],
    ['an empty string', '', 'string', ''],
    ['undefined', undefined, 'undefined', ''],
    ['null', null, 'null', ''],
    ['a number', -0.5, 'number', '-0.5'],
    ['a bigint', 42n, 'bigint', '42'],
    ['a bigint that would take seconds to write', 1n << 30_000_000n, 'bigint', 'beyond 64 bits'],
    ['a symbol', Symbol('why'), 'symbol', 'Symbol(why)'],
    ['a function', () => 1, 'function', ''],
    ['a plain object', { status: 404 }, 'object', ''],
    [
      'an object that looks like an error',
      { name: 'HttpError', message: 'not found' },
      'HttpError',
      'not found',
    ],
    ['an object without prototype', Object.create(null), 'object', ''],
    [
      'an error whose message is no string',
      Object.assign(new Error('x'), { message: { a: 1 } }),
      'object',
      '',
    ],
    ['an error whose name is no string', Object.assign(new Error('x'), { name: 7 }), 'object', 'x'],
    ['a message of controls', new Error('a\u001b[2J\n\u202eb'), 'Error', String.raw`a\u{001b}[2J\n\u{202e}b`],
  ]
  for (const [kind, value, name, message] of cases) {
    test(kind, () => expect(describeThrown(value)).toEqual({ name, message }))
  }
})

describe('what cannot be read', () => {
  const getter = {
    get message(): string {
      throw new Error('getter')
    },
  }
  const revoked = Proxy.revocable({}, {})
  revoked.revoke()
  for (const [kind, value] of [
    ['a getter that throws', getter],
    ['a proxy that throws when read', hostile('get')],
    ['a revoked proxy', revoked.proxy],
  ] as const) {
    test(`${kind} is named so`, () => {
      expect(describeThrown(value)).toEqual({ name: 'object', message: 'it cannot be read' })
    })
  }

  test('a toString that throws is never asked', () => {
    const value = { toString: () => expect.fail('asked'), [Symbol.toPrimitive]: () => expect.fail('asked') }
    expect(describeThrown(value)).toEqual({ name: 'object', message: '' })
  })
})

test('names and messages are cut', () => {
  const { name, message } = describeThrown({ name: 'N'.repeat(1e6), message: 'm'.repeat(1e6) })
  expect([name.length, message.length]).toEqual([thrownNameMax, thrownMessageMax])
  expect(describeThrown('s'.repeat(1e7)).message).toMatch(/^s+…$/)
})
