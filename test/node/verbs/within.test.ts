// Tests of waiting: it ends with the promise, the time or the signal, and leaves nothing behind.
import { expect, test } from 'vitest'
import { ManualClock } from 'troupe/testing'
import { expired, unlessAborted, within } from '../../../node/verbs/within.ts'

test('a promise in time is waited for, one too late is expired', async () => {
  const clock = new ManualClock()
  const { signal } = new AbortController()
  expect(await within(clock, { ms: 10, signal }, Promise.resolve('done'))).toBe('done')
  const waiting = within(clock, { ms: 10, signal }, new Promise(() => {}))
  await clock.advance(10)
  expect(await waiting).toBe(expired)
  expect(clock.pendingAlarms).toBe(0)
})

test('a signal ends the waiting, also one that was aborted before', async () => {
  const clock = new ManualClock()
  const controller = new AbortController()
  const waiting = within(clock, { ms: 10, signal: controller.signal }, new Promise(() => {}))
  controller.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'command-cancelled', outcome: 'unknown' })
  await expect(unlessAborted(controller.signal, new Promise(() => {}))).rejects.toMatchObject({
    code: 'command-cancelled',
  })
  expect(clock.pendingAlarms).toBe(0)
})

test('a promise that fails fails the waiting', async () => {
  const { signal } = new AbortController()
  await expect(
    within(new ManualClock(), { ms: 10, signal }, Promise.reject(new Error('no'))),
  ).rejects.toThrow('no')
})
