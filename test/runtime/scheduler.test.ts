// Tests of the scheduler: fair turns, a bounded pump, a way out to the event loop, and an order that a seed decides.
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../runtime/random.ts'
import { notQueued, pumpMsMax, Scheduler, turnMessagesMax } from '../../runtime/scheduler.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { Runnable } from '../../runtime/scheduler.ts'

/** Work that stands in the queue, with so many messages to handle. */
class Work implements Runnable {
  runNext: Runnable | undefined = undefined
  readyMs = notQueued
  cpu = 0
  readonly name: string
  waiting: number

  constructor(name: string, waiting: number) {
    this.name = name
    this.waiting = waiting
  }
}

/** A clock whose time passes only as work costs it, and whose queues are emptied by hand. */
class CostClock implements Clock {
  nowMs = 1_000
  looks = 0
  readonly soons: (() => void)[] = []
  readonly laters: (() => void)[] = []

  now(): number {
    this.looks++
    return this.nowMs
  }
  wall(): number {
    return this.nowMs
  }
  alarm(): Alarm {
    throw new Error('the scheduler needs no alarms')
  }
  soon(run: () => void): void {
    this.soons.push(run)
  }
  later(run: () => void): void {
    this.laters.push(run)
  }
}

class Bench {
  readonly clock = new CostClock()
  readonly turns: { readonly name: string; readonly handled: number; readonly atMs: number }[] = []
  readonly scheduler: Scheduler<Work>
  costMs = 0
  onTurn: (work: Work) => void = () => undefined
  onResume: (nowMs: number) => void = () => undefined

  constructor(shuffle?: Random) {
    const turn = (work: Work, budget: number): number => {
      const handled = Math.min(budget, work.waiting)
      work.waiting -= handled
      this.clock.nowMs += handled * this.costMs
      this.turns.push({ name: work.name, handled, atMs: this.clock.nowMs })
      this.onTurn(work)
      return handled
    }
    const wants = (work: Work): boolean => work.waiting > 0
    this.scheduler = new Scheduler(
      this.clock,
      { turn, wants, resumes: (nowMs) => this.onResume(nowMs) },
      shuffle,
    )
  }

  /** Runs what was asked for until nothing is left. */
  run(): void {
    for (let next = this.#next(); next !== undefined; next = this.#next()) next()
  }

  /** Microtasks first, as the event loop has it. */
  #next(): (() => void) | undefined {
    return this.clock.soons.shift() ?? this.clock.laters.shift()
  }

  get names(): string {
    return this.turns.map(({ name }) => name).join('')
  }
}

describe('fairness', () => {
  test('a flood at one waits for the others after each of its turns', () => {
    const bench = new Bench()
    bench.scheduler.ready(new Work('F', 1_000))
    for (const name of ['a', 'b']) bench.scheduler.ready(new Work(name, 1))
    bench.run()
    expect(bench.names.slice(0, 4)).toBe('FabF')
    expect(bench.turns.every(({ handled }) => handled <= turnMessagesMax)).toBe(true)
    expect(bench.turns.reduce((sum, { handled }) => sum + handled, 0)).toBe(1_002)
  })

  test('who becomes ready during a turn stands before the one that has it', () => {
    const bench = new Bench()
    const late = new Work('l', 1)
    bench.onTurn = (work) => {
      if (work.name === 'F' && bench.turns.length === 1) bench.scheduler.ready(late)
    }
    bench.scheduler.ready(new Work('F', 100))
    bench.run()
    expect(bench.names.slice(0, 3)).toBe('FlF')
  })

  test('who stands in the queue does not stand there twice', () => {
    const bench = new Bench()
    const work = new Work('a', 1)
    for (let i = 0; i < 3; i++) bench.scheduler.ready(work)
    bench.run()
    expect(bench.names).toBe('a')
    expect(work.readyMs).toBe(notQueued)
  })

  test('equals have the same share at any moment', () => {
    const bench = new Bench()
    const works = [...'abc'].map((name) => new Work(name, 500))
    for (const work of works) bench.scheduler.ready(work)
    let gapMax = 0
    bench.onTurn = () => {
      const left = works.map(({ waiting }) => waiting)
      gapMax = Math.max(gapMax, Math.max(...left) - Math.min(...left))
    }
    bench.run()
    expect(gapMax).toBeLessThanOrEqual(2 * turnMessagesMax)
  })
})

describe('the event loop', () => {
  test('the first pump is a microtask, and short work needs no more', () => {
    const bench = new Bench()
    bench.scheduler.ready(new Work('a', 5))
    expect([bench.clock.soons.length, bench.clock.laters.length]).toEqual([1, 0])
    bench.clock.soons.shift()?.()
    expect([bench.names, bench.clock.soons.length, bench.clock.laters.length]).toEqual(['a', 0, 0])
  })

  // Cheap, middling and dear messages, in milliseconds each.
  for (const costMs of [0.001, 0.01, 0.1, 1, 20]) {
    test(`with messages of ${costMs} ms the pump gives way in time`, () => {
      const bench = new Bench()
      bench.costMs = costMs
      bench.scheduler.ready(new Work('F', 3_000))
      bench.clock.soons.shift()?.()
      let longestMs = 0
      for (let next = bench.clock.laters.shift(); next !== undefined; next = bench.clock.laters.shift()) {
        expect(bench.clock.soons).toEqual([])
        const startMs = bench.clock.nowMs
        next()
        longestMs = Math.max(longestMs, bench.clock.nowMs - startMs)
      }
      expect(longestMs).toBeLessThanOrEqual(Math.max(pumpMsMax * 1.5, costMs) + 1e-9)
      expect(bench.turns.reduce((sum, { handled }) => sum + handled, 0)).toBe(3_000)
    })
  }

  test('the first dear message is noticed before a second turn is over', () => {
    const bench = new Bench()
    bench.costMs = 5
    bench.scheduler.ready(new Work('F', 1_000))
    bench.clock.soons.shift()?.()
    expect(bench.turns).toHaveLength(1)
    expect(bench.clock.laters).toHaveLength(1)
  })

  test('cheap messages cost a look at the clock for 32 of them', () => {
    const bench = new Bench()
    bench.costMs = 0.0001
    const before = bench.clock.looks
    bench.scheduler.ready(new Work('F', 3_200))
    bench.run()
    expect(bench.clock.looks - before).toBeLessThanOrEqual(3_200 / 29)
  })

  test('each pump that comes from the event loop tells the time before its first turn', () => {
    const bench = new Bench()
    bench.costMs = 0.1
    const told: { readonly nowMs: number; readonly turns: number }[] = []
    bench.onResume = (nowMs) => told.push({ nowMs, turns: bench.turns.length })
    bench.scheduler.ready(new Work('F', 100))
    bench.clock.soons.shift()?.()
    expect(told).toEqual([])
    const [nowMs, turns] = [bench.clock.nowMs, bench.turns.length]
    bench.clock.laters.shift()?.()
    expect(told).toEqual([{ nowMs, turns }])
  })

  test('the pump goes on though who hears the time throws', () => {
    const bench = new Bench()
    bench.costMs = 1
    bench.onResume = () => {
      throw new Error('against its word')
    }
    bench.scheduler.ready(new Work('F', 10))
    bench.clock.soons.shift()?.()
    for (let next = bench.clock.laters.shift(); next !== undefined; next = bench.clock.laters.shift()) {
      expect(next).toThrow('against its word')
    }
    expect(bench.turns.reduce((sum, { handled }) => sum + handled, 0)).toBe(10)
  })

  test('a chain of pumps, each with one message, gives way as a long one does', () => {
    const bench = new Bench()
    bench.costMs = 0.02
    const work = new Work('c', 1)
    bench.scheduler.ready(work)
    let [microtasks, yields, longest] = [0, 0, 0]
    for (let i = 0; i < 1_000; i++) {
      const soon = bench.clock.soons.shift()
      if (soon === undefined) {
        yields++
        microtasks = 0
      } else longest = Math.max(longest, ++microtasks)
      ;(soon ?? bench.clock.laters.shift())?.()
      work.waiting = 1
      bench.scheduler.ready(work)
    }
    // 0.25 ms are 13 such messages; the first 32 pass before the clock is read.
    expect(longest).toBeLessThanOrEqual(32)
    expect(yields).toBeGreaterThan(1_000 / 32)
  })

  test('turns that handle nothing do not keep the clock unread', () => {
    const bench = new Bench()
    const idle = Array.from({ length: 100 }, (_, i) => new Work(String(i), 0))
    bench.onTurn = () => {
      bench.clock.nowMs += 0.01
    }
    for (const work of idle) bench.scheduler.ready(work)
    bench.clock.soons.shift()?.()
    expect(bench.turns.length).toBeLessThanOrEqual(64)
    bench.run()
    expect(bench.turns).toHaveLength(100)
  })
})

describe('a seed', () => {
  const shuffled = (seed: number): Bench => {
    const bench = new Bench(seededRandom(seed))
    for (const name of 'abcdefgh') bench.scheduler.ready(new Work(name, 40))
    bench.run()
    return bench
  }

  test('decides the order, and the same seed decides the same', () => {
    expect(shuffled(1).names).toBe(shuffled(1).names)
    expect(new Set([1, 2, 3, 4, 5].map((seed) => shuffled(seed).names)).size).toBe(5)
  })

  test('leaves nobody out and gives nobody too much', () => {
    for (let seed = 0; seed < 50; seed++) {
      const handled = new Map<string, number>()
      for (const turn of shuffled(seed).turns)
        handled.set(turn.name, (handled.get(turn.name) ?? 0) + turn.handled)
      expect([...handled].toSorted()).toEqual([...'abcdefgh'].map((name) => [name, 40]))
    }
  })
})

describe('records', () => {
  test('a record between pumps has the exact time, records within one share a look', () => {
    const bench = new Bench()
    bench.clock.nowMs = 2_000.7
    expect(bench.scheduler.recordMs).toBe(2_000)
    const seen: number[] = []
    bench.onTurn = () => {
      bench.clock.nowMs += 0.01
      seen.push(bench.scheduler.recordMs)
    }
    bench.clock.nowMs = 5_000
    for (const name of 'ab') bench.scheduler.ready(new Work(name, 1))
    bench.run()
    bench.clock.nowMs = 9_000.5
    expect([...seen, bench.scheduler.recordMs]).toEqual([5_000, 5_000, 9_000])
  })

  test('waits are counted by their length', () => {
    const bench = new Bench()
    bench.costMs = 3
    for (const name of 'ab') bench.scheduler.ready(new Work(name, 40))
    bench.run()
    const counted = bench.scheduler.waits.reduce((sum, count) => sum + count, 0)
    expect(counted).toBe(bench.turns.length)
    expect(bench.scheduler.waits[0]).toBeLessThan(counted)
  })
})
