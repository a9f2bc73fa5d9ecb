// The frozen scheduler: nobody has a turn once the moment has passed until which somebody may, whatever waits.
import { expect, test } from 'vitest'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'
import { notQueued, Scheduler } from '../../runtime/scheduler.ts'
import type { Runnable } from '../../runtime/scheduler.ts'

function bench(): {
  readonly clock: ManualClock
  readonly scheduler: Scheduler<Runnable>
  readonly turns: number[]
  readonly runnable: () => Runnable
} {
  const clock = new ManualClock()
  const turns: number[] = []
  const scheduler = new Scheduler<Runnable>(clock, {
    turn: () => {
      turns.push(clock.now())
      return 1
    },
    wants: () => false,
  })
  const runnable = (): Runnable => ({ runNext: undefined, readyMs: notQueued, cpu: 0 })
  return { clock, scheduler, turns, runnable }
}

test('a turn that is due after the moment waits until a later moment is given', async () => {
  const { clock, scheduler, turns, runnable } = bench()
  let expired = 0
  scheduler.mayRun(100, () => expired++)
  await clock.advance(100)
  scheduler.ready(runnable())
  await clock.settle()
  expect([turns, expired, scheduler.isFrozen]).toEqual([[], 1, true])
  scheduler.ready(runnable())
  await clock.settle()
  scheduler.mayRun(300, () => expired++)
  await clock.settle()
  expect([turns, expired, scheduler.isFrozen]).toEqual([[100, 100], 1, false])
})

test('a moment that has passed as well does not thaw it', async () => {
  const { clock, scheduler, turns, runnable } = bench()
  scheduler.mayRun(10, () => undefined)
  await clock.advance(50)
  scheduler.ready(runnable())
  await clock.settle()
  scheduler.mayRun(50, () => undefined)
  await clock.settle()
  expect([turns, scheduler.isFrozen]).toEqual([[], true])
})

test('without a moment the clock is not asked, and turns go on for ever', async () => {
  const { clock, scheduler, turns, runnable } = bench()
  scheduler.mayRun(10, () => undefined)
  scheduler.mayRun(Infinity, () => undefined)
  await clock.advance(1_000)
  scheduler.ready(runnable())
  await clock.settle()
  expect(turns).toEqual([1_000])
})
