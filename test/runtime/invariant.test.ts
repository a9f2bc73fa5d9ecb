// Tests of the invariant.
import { expect, test } from 'vitest'
import { Bug, invariant } from '../../runtime/invariant.ts'

test('a condition that holds passes and narrows the type', () => {
  const value: string | undefined = ['text'][0]
  invariant(value !== undefined, 'there is a value')
  expect(value.length).toBe(4)
})

for (const condition of [false, 0, '', null, undefined, Number.NaN]) {
  test(`${JSON.stringify(condition)} ends the running code with a Bug that says why`, () => {
    const check = (): void => invariant(condition, 'the sums reconcile')
    expect(check).toThrow(Bug)
    expect(check).toThrow('the sums reconcile')
  })
}

test('a Bug is an Error of that name', () => {
  const bug = new Bug('two homes')
  expect(bug).toBeInstanceOf(Error)
  expect(String(bug)).toBe('Bug: two homes')
})
