// The guarded scheduler: nobody has a turn once the guard has said no, whatever waits, until it is thawed.
import { expect, test } from 'vitest'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'
import { notQueued, Scheduler } from '../../runtime/scheduler.ts'
import type { Runnable } from '../../runtime/scheduler.ts'

class Bench {
  readonly clock = new ManualClock()
  readonly turns: number[] = []
  untilMs = Infinity
  readonly scheduler = new Scheduler<Runnable>(this.clock, {
    turn: () => {
      this.turns.push(this.clock.now())
      return 1
    },
    wants: () => false,
  })

  constructor() {
    this.scheduler.guard(() => this.clock.now() < this.untilMs)
  }

  ready(): void {
    this.scheduler.ready({ runNext: undefined, readyMs: notQueued, cpu: 0 })
  }
}

test('a turn that is due after the moment waits for the thaw', async () => {
  const bench = new Bench()
  bench.untilMs = 100
  await bench.clock.advance(100)
  bench.ready()
  await bench.clock.settle()
  expect([bench.turns, bench.scheduler.isFrozen]).toEqual([[], true])
  bench.ready()
  await bench.clock.settle()
  bench.untilMs = 300
  bench.scheduler.thaw()
  await bench.clock.settle()
  expect([bench.turns, bench.scheduler.isFrozen]).toEqual([[100, 100], false])
})

test('a thaw while the guard says no freezes again', async () => {
  const bench = new Bench()
  bench.untilMs = 0
  bench.ready()
  await bench.clock.settle()
  bench.scheduler.thaw()
  await bench.clock.settle()
  expect([bench.turns, bench.scheduler.isFrozen]).toEqual([[], true])
})

test('a thaw of one that was never frozen changes nothing', async () => {
  const bench = new Bench()
  bench.scheduler.thaw()
  bench.ready()
  await bench.clock.settle()
  expect(bench.turns).toEqual([0])
})
