// Tests of a place in a cluster as a program writes it: one wish, or a fault that shows what was written.
import { expect, test } from 'vitest'
import { readClusterPlace } from '../../../node/cluster/cluster-place.ts'

test.each([
  ['anywhere', 'anywhere'],
  [{ node: 'a' }, { node: 'a' }],
  [{ kind: 'local' }, { kind: 'local' }],
  [{ label: 'gpu' }, { label: 'gpu' }],
  [{ near: { path: 'bank/till' } }, { near: 'bank/till' }],
  [{ node: 'a', label: undefined }, { node: 'a' }],
])('%j is the wish %j', (place, wish) => {
  expect(readClusterPlace(place)).toEqual(wish)
})

test.each([[undefined], ['auto'], ['main'], [3], [null], [{}], [{ thread: 2 }]])(
  '%j is no wish for a node',
  (place) => {
    expect(readClusterPlace(place)).toBe(undefined)
  },
)

test.each([
  [{ node: 'a', label: 'gpu' }],
  [{ node: 1 }],
  [{ kind: 'other' }],
  [{ label: null }],
  [{ near: 'bank' }],
  [{ near: { path: 3 } }],
])('%j is refused, and shown', (place) => {
  const shown = JSON.stringify(place).slice(1, 7)
  expect(() => readClusterPlace(place)).toThrow(
    expect.objectContaining({ code: 'place-invalid', message: expect.stringContaining(shown) }) as Error,
  )
})

test('a place that is refused takes no more than a line, and nothing from it reaches a terminal', () => {
  const place = { node: 'a', label: `\u001b[2J${'x'.repeat(10_000)}` }
  expect(() => readClusterPlace(place)).toThrow(
    // The characters of a terminal's language have a form of their own.
    expect.objectContaining({ message: expect.stringMatching(/^[ -~…]{1,200}$/) }) as Error,
  )
})
