// Tests of the exit.
import { expect, test } from 'vitest'
import {
  failedExit,
  isAbnormal,
  KILLED,
  NEVER_EXISTED,
  NODE_LOST,
  STOPPED,
  SUPERSEDED,
} from '../../runtime/exit.ts'
import { Fault } from '../../runtime/fault.ts'

test('a failed exit carries the fault as a record that survives JSON', () => {
  const exit = failedExit(new Fault('disk-full', 'Cannot write: 0 bytes are free', { hint: 'Make room.' }))
  expect(JSON.parse(JSON.stringify(exit))).toEqual({
    cause: 'failed',
    fault: { code: 'disk-full', message: 'Cannot write: 0 bytes are free', hint: 'Make room.' },
  })
})

test('failed, killed and node-lost are abnormal, the others are not', () => {
  const failed = failedExit(new Fault('a-b', 'm', { hint: 'h' }))
  expect([failed, KILLED, NODE_LOST].map(isAbnormal)).toEqual([true, true, true])
  expect([STOPPED, NEVER_EXISTED, SUPERSEDED].map(isAbnormal)).toEqual([false, false, false])
})

test('exits are frozen: everybody who hears of one hears the same', () => {
  const exits = [
    STOPPED,
    KILLED,
    NODE_LOST,
    NEVER_EXISTED,
    SUPERSEDED,
    failedExit(Fault.wrap('x', 'a-b', 'Cannot')),
  ]
  expect(exits.every(Object.isFrozen)).toBe(true)
})
