// Tests of the CPU meter: time goes to whom it belongs, idle time to nobody, and a slow one in a crowd is found.
import { describe, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { notQueued, Scheduler } from '../../runtime/scheduler.ts'
import { Sampler } from '../../node/sampler.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Runnable } from '../../runtime/scheduler.ts'

class Work implements Runnable {
  runNext: Runnable | undefined = undefined
  readyMs = notQueued
  cpu = 0
  carriedMs = 0
  waiting = 0
  readonly costMs: (message: number) => number
  spentMs = 0
  #messages = 0

  constructor(costMs: number | ((message: number) => number)) {
    this.costMs = typeof costMs === 'number' ? () => costMs : costMs
  }

  handle(): number {
    this.waiting--
    const costMs = this.costMs(this.#messages++)
    this.spentMs += costMs
    return costMs
  }

  get cpuMs(): number {
    return (this.cpu >>> 1) / 1_000 + this.carriedMs
  }
}

/** A thread whose time passes only as work costs it. */
class Bench implements Clock {
  nowMs = 0
  readonly #soons: (() => void)[] = []
  readonly #laters: (() => void)[] = []
  readonly #scheduler: Scheduler<Work>

  constructor() {
    this.#scheduler = new Scheduler<Work>(this, {
      turn: (work, budget) => {
        let handled = 0
        for (; work.waiting > 0 && handled < budget; handled++) this.nowMs += work.handle()
        return handled
      },
      wants: (work) => work.waiting > 0,
      carry: (work, microseconds) => {
        work.carriedMs += microseconds / 1_000
      },
    })
  }

  now(): number {
    return this.nowMs
  }
  wall(): number {
    return this.nowMs
  }
  alarm(): Alarm {
    throw new Error('the scheduler needs no alarms')
  }
  soon(run: () => void): void {
    this.#soons.push(run)
  }
  later(run: () => void): void {
    this.#laters.push(run)
  }

  send(work: Work, messages = 1): void {
    work.waiting += messages
    this.#scheduler.ready(work)
  }

  run(): void {
    for (;;) {
      const next = this.#soons.shift() ?? this.#laters.shift()
      if (next === undefined) return
      next()
    }
  }
}

const about = (ms: number, tolerance: number): [number, number] => [
  ms * (1 - tolerance),
  ms * (1 + tolerance),
]

function expectAbout(work: Work, tolerance: number): void {
  const [least, most] = about(work.spentMs, tolerance)
  expect(work.cpuMs).toBeGreaterThanOrEqual(least)
  expect(work.cpuMs).toBeLessThanOrEqual(most)
}

describe('a span', () => {
  test('of slow messages is charged to the one that handled them, all but the first', () => {
    const bench = new Bench()
    const work = new Work(5)
    bench.send(work, 100)
    bench.run()
    expect(work.spentMs - work.cpuMs).toBeLessThanOrEqual(5)
    expect(work.cpuMs).toBeLessThanOrEqual(work.spentMs)
  })

  test('of cheap messages is charged in the end as they were handled, also in a ring that goes in step', () => {
    for (const count of [2, 4, 7, 32, 64]) {
      const bench = new Bench()
      const ring = Array.from({ length: count }, () => new Work(0.001))
      for (let round = 0; round < 100_000 / count; round++) {
        for (const work of ring) bench.send(work)
        if (round % 50 === 0) bench.run()
      }
      bench.run()
      for (const work of ring) expectAbout(work, 0.5)
      const sum = ring.reduce((ms, { cpuMs }) => ms + cpuMs, 0)
      expect(sum).toBeGreaterThan(90)
      expect(sum).toBeLessThan(110)
    }
  })

  test('in which the thread was idle is charged to nobody', () => {
    const bench = new Bench()
    const works = [new Work(0.01), new Work(0.4), new Work(20)] as const
    for (let i = 0; i < 4_000; i++) {
      bench.send(works[i % 3] ?? works[0])
      bench.run()
      bench.nowMs += 1_000
    }
    expectAbout(works[0], 0.4)
    expectAbout(works[1], 0.1)
    expectAbout(works[2], 0.1)
  })

  test('of one pump among cheap ones counts for those that were not looked at', () => {
    const bench = new Bench()
    const works = [new Work(0.0005), new Work(0.0015)] as const
    for (let i = 0; i < 200_000; i++) {
      bench.send(works[i % 2] ?? works[0])
      bench.run()
    }
    expectAbout(works[0], 0.2)
    expectAbout(works[1], 0.2)
  })
})

test('a slow one in a fast crowd is charged, the crowd is not', () => {
  const bench = new Bench()
  const hog = new Work((message) => (message % 3 === 0 ? 50 : 0.001))
  const crowd = Array.from({ length: 100 }, () => new Work(0.001))
  for (let round = 0; round < 1_000; round++) {
    for (const work of crowd) bench.send(work, 5)
    if (round % 10 === 0) bench.send(hog)
    bench.run()
  }
  expectAbout(hog, 0.1)
  for (const work of crowd) expect(work.cpuMs).toBeLessThan(20)
})

test('more time than a small integer holds is carried on', () => {
  const bench = new Bench()
  const work = new Work(400_000)
  bench.send(work, 10)
  bench.run()
  expectAbout(work, 0.11)
  expect(work.carriedMs).toBeGreaterThan(1_000_000)
  expect(work.cpu).toBeLessThan(2 ** 31)
})

test('after a burst of slow strangers nobody is timed turn by turn for ever', () => {
  const bench = new Bench()
  const strangers = Array.from({ length: 3_000 }, () => new Work((message) => (message === 0 ? 1 : 0)))
  for (const work of strangers) bench.send(work)
  bench.run()
  expect(strangers.filter(({ cpu }) => (cpu & 1) === 1).length).toBeLessThanOrEqual(1_024)
  for (let round = 0; round < 64; round++) {
    for (const work of strangers) bench.send(work)
    bench.run()
  }
  expect(strangers.filter(({ cpu }) => (cpu & 1) === 1)).toEqual([])
})

test('a look at a node sorts by the part of the thread that an actor took', async () => {
  await using node = await startTestNode()
  const quiet = defineActor('quiet', { on: { work: () => undefined } })
  for (const name of ['a', 'b', 'c']) await node.spawn(quiet, name)
  const sampler = new Sampler()
  const look = (nowMs: number) => sampler.look(node.runtime.cells(), nowMs, { order: 'cpu', limit: 2 })
  look(0)
  const [b, c] = [node.runtime.cellAt('b'), node.runtime.cellAt('c')]
  if (b === undefined || c === undefined) throw new Error('b and c live')
  b.cpu += 2 * 700_000
  c.cpu += 2 * 1_500
  expect(look(1_000).samples).toMatchObject([
    { path: 'b', cpuMs: 700, cpuShare: 0.7 },
    { path: 'c', cpuMs: 1.5, cpuShare: 0.002 },
  ])
  expect(look(2_000).samples.map(({ cpuShare }) => cpuShare)).toEqual([0, 0])
})
