// Tests of payload equality: what says the same, and what does not.
import { expect, test } from 'vitest'
import { Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { isSamePayload } from '../../../scenarios/testing/payload-equality.ts'

const hint = 'Do better.'

for (const [a, b] of [
  [1, 1],
  [Number.NaN, Number.NaN],
  [undefined, undefined],
  [
    { a: [1, { b: 2 }], c: 3 },
    { c: 3, a: [1, { b: 2 }] },
  ],
  [
    new Map([
      ['a', [1]],
      ['b', [2]],
    ]),
    new Map([
      ['b', [2]],
      ['a', [1]],
    ]),
  ],
  [new Set([[1], [2]]), new Set([[2], [1]])],
  [new Date(5), new Date(5)],
  [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
  [new Fault('a-b', 'm', { hint }), new Fault('a-b', 'm', { hint })],
]) {
  test(`${JSON.stringify(a)} says the same as its like`, () => {
    expect(isSamePayload(a, b)).toBe(true)
  })
}

for (const [a, b] of [
  [1, '1'],
  [0, -0],
  [null, undefined],
  [[1], [1, 2]],
  [[1, 2], [1]],
  [[1], { 0: 1 }],
  [{ a: undefined }, { b: undefined }],
  [{ a: 1 }, { a: 1, b: 2 }],
  [{ a: 1 }, Object.assign(new Date(0), { a: 1 })],
  [new Map([['a', 1]]), new Map([['a', 2]])],
  [new Map([['a', 1]]), new Set(['a'])],
  [new Set([[1], [1]]), new Set([[1], [2]])],
  [new Date(5), new Date(6)],
  [new Uint8Array([1]), new Uint8Array([2])],
  [new Fault('a-b', 'm', { hint }), new Fault('a-c', 'm', { hint })],
]) {
  test(`${JSON.stringify(a)} does not say the same as ${JSON.stringify(b)}`, () => {
    expect(isSamePayload(a, b)).toBe(false)
    expect(isSamePayload(b, a)).toBe(false)
  })
}

test('refs say the same when their paths do, at any depth', async () => {
  await using node = await startTestNode()
  const [one, other] = [node.probe('one').ref, node.probe('other').ref]
  expect(isSamePayload({ to: [one] }, { to: [node.find('one')] })).toBe(true)
  expect(isSamePayload({ to: [one] }, { to: [other] })).toBe(false)
  expect(isSamePayload(new Set([one]), new Set([other]))).toBe(false)
  expect(isSamePayload(one, { path: 'one' })).toBe(false)
})
