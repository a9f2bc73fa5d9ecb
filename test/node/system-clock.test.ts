// Tests of the system clock: the contract, in real time of a few milliseconds.
import { expect, test } from 'vitest'
import { SystemClock } from '../../node/system-clock.ts'
import { clockContract } from '../contracts/clock.ts'

clockContract(
  () => new SystemClock(),
  (clock, ms) => new Promise((resolve) => clock.alarm(clock.now() + ms, resolve)),
)

test('later lets microtasks, also those they cause, come first', async () => {
  const clock = new SystemClock()
  const order: string[] = []
  await new Promise<void>((resolve) => {
    clock.later(() => {
      order.push('later')
      resolve()
    })
    clock.soon(() => {
      order.push('soon')
      clock.soon(() => order.push('soon, from soon'))
    })
  })
  expect(order).toEqual(['soon', 'soon, from soon', 'later'])
})

test('no alarm of a hundred is early by even a part of a millisecond', async () => {
  const clock = new SystemClock()
  const early = await Promise.all(
    Array.from({ length: 100 }, (_, index) => {
      const atMs = clock.now() + index / 10
      return new Promise<boolean>((resolve) => clock.alarm(atMs, () => resolve(clock.now() < atMs)))
    }),
  )
  expect(early.filter(Boolean)).toEqual([])
})

test('an alarm in a hundred years gives Node.js no time that it would cut to one millisecond', async () => {
  const clock = new SystemClock()
  const warnings: string[] = []
  const hear = (warning: Error): void => void warnings.push(warning.name)
  process.on('warning', hear)
  const alarm = clock.alarm(clock.now() + 3_155_760_000_000, () => undefined)
  await new Promise<void>((resolve) => clock.alarm(clock.now() + 5, resolve))
  alarm.cancel()
  process.off('warning', hear)
  expect(warnings).toEqual([])
})
