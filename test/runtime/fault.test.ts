// Tests of the fault: what it carries, how it crosses as a record, and what it makes of anything thrown.
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Fault } from '../../runtime/fault.ts'

const full = new Fault('mailbox-full', 'Cannot tell "bank/42": mailbox holds 1000 of 1000 messages', {
  hint: 'Offer instead of telling.',
  details: { held: 1_000, max: 1_000 },
  cause: new RangeError('too much'),
  outcome: 'unknown',
})

describe('a fault', () => {
  test('is an Error with code, hint, details, cause and outcome', () => {
    expect(full).toBeInstanceOf(Error)
    expect(full).toMatchObject({
      name: 'Fault',
      code: 'mailbox-full',
      hint: 'Offer instead of telling.',
      outcome: 'unknown',
    })
    expect(full.details).toEqual({ held: 1_000, max: 1_000 })
    expect(full.cause).toBeInstanceOf(RangeError)
    expect(inspect(full)).toMatch(/^Fault: Cannot tell "bank\/42"/)
  })

  test('has a known outcome, no details and no cause unless told otherwise', () => {
    const fault = new Fault('a-b', 'm', { hint: 'h' })
    expect([fault.outcome, fault.details, Object.hasOwn(fault, 'cause')]).toEqual(['known', undefined, false])
  })

  test('made by hand knows where', () => {
    expect(full.stack).toContain('fault.test.ts')
  })

  test('is told apart without running any code of a value', () => {
    const proxy = new Proxy(full, {
      getPrototypeOf: () => expect.fail('asked'),
      get: () => expect.fail('asked'),
    })
    class DiskFault extends Fault {}
    expect([full, new DiskFault('a-b', 'm', { hint: 'h' })].map(Fault.is)).toEqual([true, true])
    expect(
      [proxy, Object.create(Fault.prototype), new Error('x'), null, undefined, 'Fault'].some(Fault.is),
    ).toBe(false)
  })
})

describe('the record', () => {
  test('is plain data that survives JSON, the cause named', () => {
    expect(JSON.parse(JSON.stringify(full))).toEqual({
      code: 'mailbox-full',
      message: 'Cannot tell "bank/42": mailbox holds 1000 of 1000 messages',
      hint: 'Offer instead of telling.',
      details: { held: 1_000, max: 1_000 },
      outcome: 'unknown',
      cause: { name: 'RangeError', message: 'too much' },
    })
  })

  test('leaves out what there is not', () => {
    const record = new Fault('a-b', 'm', { hint: 'h' }).toJSON()
    expect(Object.keys(record)).toEqual(['code', 'message', 'hint'])
  })

  test('survives structured clone, as between threads, also with details that would not', () => {
    const fault = new Fault('a-b', 'm', { hint: 'h', details: { run: () => 1 }, cause: () => 1 })
    expect(structuredClone(fault.toJSON())).toEqual({
      code: 'a-b',
      message: 'm',
      hint: 'h',
      details: { run: '[function]' },
      cause: { name: 'function', message: '' },
    })
  })

  test('tells a cause of undefined from none', () => {
    const fault = new Fault('a-b', 'm', { hint: 'h', cause: undefined })
    expect(fault.toJSON().cause).toEqual({ name: 'undefined', message: '' })
  })

  test('rebuilds the fault, and gives the same record again', () => {
    const there = Fault.from(JSON.parse(JSON.stringify(full)) as ReturnType<Fault['toJSON']>)
    expect(there).toBeInstanceOf(Fault)
    expect(there.cause).toBeInstanceOf(Error)
    expect(String(there.cause)).toBe('RangeError: too much')
    expect(there.toJSON()).toEqual(full.toJSON())
    const plain = new Fault('a-b', 'm', { hint: 'h' })
    expect(Fault.from(plain.toJSON()).toJSON()).toEqual(plain.toJSON())
  })
})

describe('wrap', () => {
  test('makes a fault that says what was attempted and what was thrown, and keeps it as cause', () => {
    const error = new TypeError('x is not a function')
    const fault = Fault.wrap(error, 'handler-failed', 'Cannot handle "add" in "bank/ada"')
    expect(fault.message).toBe('Cannot handle "add" in "bank/ada": it threw TypeError: x is not a function')
    expect([fault.code, fault.cause]).toEqual(['handler-failed', error])
  })

  test('leaves a fault the one it is', () => {
    expect(Fault.wrap(full, 'handler-failed', 'Cannot')).toBe(full)
  })

  test('takes values that are no errors', () => {
    const messages = ['oops', null, undefined, 42, { a: 1 }].map(
      (value) => Fault.wrap(value, 'a-b', 'Cannot').message,
    )
    expect(messages).toEqual([
      'Cannot: it threw string: oops',
      'Cannot: it threw null',
      'Cannot: it threw undefined',
      'Cannot: it threw number: 42',
      'Cannot: it threw object',
    ])
  })

  test('keeps undefined as the cause', () => {
    expect(Fault.wrap(undefined, 'a-b', 'Cannot').toJSON().cause).toEqual({ name: 'undefined', message: '' })
  })

  test('cuts what is too long and escapes what is not printable', () => {
    const { message } = Fault.wrap(new Error(`\u001b[2J${'x'.repeat(1e7)}`), 'a-b', 'Cannot')
    expect(message.startsWith(String.raw`Cannot: it threw Error: \u{001b}[2Jxxx`)).toBe(true)
    expect(message.length).toBeLessThan(1_100)
  })

  test('puts the place of the failure where it is, in the stack of the cause', () => {
    const fault = Fault.wrap(new Error('here'), 'a-b', 'Cannot')
    expect(fault.stack).not.toContain('fault.test.ts')
    expect((fault.cause as Error).stack).toContain('fault.test.ts')
    expect(new Error('later').stack).toContain('fault.test.ts')
  })
})
