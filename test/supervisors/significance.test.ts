// Tests of automatic shutdown, by enumeration.
import { expect, test } from 'vitest'
import { autoShutdowns, shutsDown } from '../../supervisors/significance.ts'

const counts = [0, 1, 2]

/** The ends after which a supervisor shuts down, written `significant left`. */
const table = {
  never: [],
  'any-significant': ['true 0', 'true 1', 'true 2'],
  'all-significant': ['true 0'],
}

for (const auto of autoShutdowns) {
  test(`a supervisor with autoShutdown ${auto} shuts down after ${table[auto].length} of 6 kinds of end`, () => {
    const shuts = [true, false].flatMap((ended) =>
      counts.filter((left) => shutsDown(auto, ended, left)).map((left) => `${ended} ${left}`),
    )
    expect(shuts).toEqual(table[auto])
  })
}

test('every kind of automatic shutdown is listed once', () => {
  expect([...autoShutdowns].sort()).toEqual(Object.keys(table).sort())
})
