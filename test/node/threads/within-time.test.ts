// Tests of waiting within time: what comes in time is had, and what does not is not waited for.
import { expect, test } from 'vitest'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { Runtime } from '../../../runtime/runtime.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { Tree } from '../../../supervisors/tree.ts'
import { within } from '../../../node/threads/within-time.ts'
import type { Host } from '../../../runtime/cell.ts'

function make(): { clock: ManualClock; host: Host } {
  const clock = new ManualClock()
  const { host } = new Runtime({ name: 'test', clock, random: seededRandom(1), supervision: new Tree() })
  return { clock, host }
}

test('what comes in time is had, be it a fault', async () => {
  const { host } = make()
  expect(await within(host, 100, Promise.resolve(1))).toBe(1)
  const broken = new Error('broken')
  await expect(within(host, 100, Promise.reject(broken))).rejects.toBe(broken)
})

test('what does not come in time is a fault of unknown outcome, and what comes later is nobody’s', async () => {
  const { clock, host } = make()
  const { promise, reject } = Promise.withResolvers<never>()
  const waited = within(host, 100, promise).catch((fault: unknown) => fault)
  await clock.advance(100)
  expect(await waited).toMatchObject({ code: 'thread-silent', outcome: 'unknown' })
  reject(new Error('too late'))
  await clock.settle()
})
