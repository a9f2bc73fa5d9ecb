// Tests of fault details: whatever is put in, plain data comes out.
import { expect, test } from 'vitest'
import { faultDetails } from '../../runtime/fault-details.ts'

test('plain data comes out as it went in, as a frozen copy', () => {
  const given = {
    text: 'a',
    count: 1,
    isOpen: true,
    nothing: null,
    list: [1, ['b']],
    deep: { er: { value: 2 } },
  }
  const details = faultDetails(given)
  expect(details).toEqual(given)
  expect(details).not.toBe(given)
  expect([details, details['list'], details['deep']].every(Object.isFrozen)).toBe(true)
})

test('what is not plain data is named instead', () => {
  class Account {}
  const details = faultDetails({
    run: () => 1,
    mark: Symbol('x'),
    account: new Account(),
    map: new Map(),
    error: new Error('x'),
    proxy: new Proxy({}, { ownKeys: () => expect.fail('trapped') }),
    count: 7n,
    huge: 1n << 100_000n,
    left: undefined,
  })
  expect(details).toEqual({
    run: '[function]',
    mark: '[symbol]',
    account: '[object]',
    map: '[object]',
    error: '[object]',
    proxy: '[object]',
    count: '7',
    huge: '[bigint]',
  })
})

test('getters are not called, and no key reaches a prototype', () => {
  const given = JSON.parse('{"__proto__": {"isAdmin": true}, "plain": 1}') as Record<string, unknown>
  Object.defineProperty(given, 'trap', { enumerable: true, get: () => expect.fail('called') })
  const details = faultDetails(given)
  expect(details).toEqual({ plain: 1 })
  expect('isAdmin' in details).toBe(false)
})

test('cycles, depth, width and long texts end', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  expect(JSON.stringify(faultDetails(cycle))).toContain('[object]')
  const wide = faultDetails({
    list: Array.from({ length: 1_000 }, () => 0),
    text: 'x'.repeat(1e6),
    ['k\n'.repeat(1e5)]: 1,
  })
  expect(wide['list']).toHaveLength(64)
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index]))
  expect(Object.keys(faultDetails(many))).toHaveLength(64)
  expect(JSON.stringify(wide).length).toBeLessThan(10_000)
})

test('text is made printable', () => {
  expect(faultDetails({ name: 'a\u202eb' })).toEqual({ name: String.raw`a\u{202e}b` })
})

test('details that are no record are kept under "value"', () => {
  for (const [given, value] of [
    [[1], [1]],
    ['text', 'text'],
    [null, null],
    [new Map(), '[object]'],
  ]) {
    expect(faultDetails(given as never)).toEqual({ value })
  }
})
