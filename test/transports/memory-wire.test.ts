// Tests of the memory wire: the contract on a clock that is moved by hand, and what only a simulator has.
import { describe, expect, test } from 'vitest'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'
import { memoryWires } from '../../transports/memory/memory-wire.ts'
import { frameOf, wireContract } from '../contracts/wire.ts'
import { Ear } from '../contracts/wire-ear.ts'

describe('with its own bounds', () => {
  wireContract(() => memoryWires(new ManualClock()))
})

describe('with narrow bounds', () => {
  wireContract(() => memoryWires(new ManualClock(), { recordsMax: 1_000, bytesMax: 100_000 }))
})

test('nothing is handed over within the call that writes it', async () => {
  const clock = new ManualClock()
  const [near, far] = memoryWires(clock)
  const ear = new Ear(far)
  near.write('signals', frameOf(1))
  expect(ear.events).toEqual([])
  await clock.settle()
  expect(ear.events).toEqual(['frame'])
})

test('a frame comes when its delay is over, and frames of one lane never overtake each other', async () => {
  const clock = new ManualClock()
  const delays = [10, 3, 5]
  const [near, far] = memoryWires(clock, { delayMs: () => delays.shift() ?? 0 })
  const ear = new Ear(far)
  near.write('messages', frameOf(1))
  near.write('messages', frameOf(2))
  near.write('signals', frameOf(3))
  await clock.advance(4.9)
  expect([ear.marks('signals'), ear.marks('messages')]).toEqual([[], []])
  await clock.advance(0.1)
  expect([ear.marks('signals'), ear.marks('messages')]).toEqual([[3], []])
  await clock.advance(5)
  expect(ear.marks('messages')).toEqual([1, 2])
  expect(clock.pendingAlarms).toBe(0)
})

test('a wire that is cut leaves no alarm behind', async () => {
  const clock = new ManualClock()
  const [near, far] = memoryWires(clock, { delayMs: () => 1_000 })
  const ear = new Ear(far)
  near.write('messages', frameOf(1))
  await clock.settle()
  expect(clock.pendingAlarms).toBe(1)
  near.cut()
  await clock.settle()
  expect(clock.pendingAlarms).toBe(0)
  expect(ear.events).toEqual(['closed'])
})
