// Tests of the restart types, by enumeration.
import { expect, test } from 'vitest'
import type { Exit } from '../../runtime/exit.ts'
import { restarts, restartTypes } from '../../supervisors/restart-type.ts'

const causes: readonly Exit['cause'][] = [
  'stopped',
  'failed',
  'killed',
  'node-lost',
  'never-existed',
  'superseded',
]

const started = {
  permanent: ['stopped', 'failed', 'killed', 'node-lost', 'never-existed'],
  transient: ['failed', 'killed'],
  temporary: [],
}

for (const type of restartTypes) {
  test(`a ${type} child is started again after ${started[type].join(', ') || 'no end'} and nothing else`, () => {
    expect(causes.filter((cause) => restarts(type, { cause }))).toEqual(started[type])
  })
}

test('every restart type is listed once', () => {
  expect([...restartTypes].sort()).toEqual(Object.keys(started).sort())
})
