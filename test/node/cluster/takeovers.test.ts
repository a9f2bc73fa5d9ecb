// Takeovers: what a lost node leaves starts here, those that are asked for first, and what cannot start gives its name back.
import { expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import {
  takeoverRetryMs,
  takeoversAtOnceMax,
  takeoverTriesMax,
  Takeovers,
} from '../../../node/cluster/takeovers.ts'
import type { Home } from '../../../actors/cluster/state/home.ts'

class Bench {
  readonly clock = new ManualClock()
  readonly started: string[] = []
  readonly settled: string[] = []
  readonly failed: string[] = []
  readonly homes = new Map<string, Home>()
  /** What is being started; a start is over when the test says so. */
  readonly open = new Map<string, PromiseWithResolvers<void>>()
  readonly takeovers = new Takeovers({
    clock: this.clock,
    home: (top) => this.homes.get(top),
    member: () => 1,
    start: (home) => {
      this.started.push(home.top)
      const done = Promise.withResolvers<void>()
      this.open.set(home.top, done)
      return done.promise
    },
    settled: ({ top }) => {
      this.settled.push(top)
    },
    failed: ({ top }) => {
      this.failed.push(top)
    },
  })

  add(...tops: string[]): void {
    for (const top of tops) {
      this.homes.set(top, home(top))
      this.takeovers.add(top)
    }
  }
}

function home(top: string): Home {
  const rest = {
    onLoss: 'rehome',
    definition: 'a@1',
    spec: new Uint8Array(0),
    isSingleton: false,
    ticket: 0,
    node: 'b',
  } as const
  return { top, member: 1, epoch: 5, isSettled: false, ...rest }
}

test('no more roots start at once than may, and each that is over lets the next one begin', async () => {
  const bench = new Bench()
  bench.add(...Array.from({ length: takeoversAtOnceMax + 2 }, (_, index) => `r${index}`))
  await bench.clock.settle()
  expect(bench.started).toHaveLength(takeoversAtOnceMax)
  bench.open.get('r0')!.resolve()
  await bench.clock.settle()
  expect([bench.started.length, bench.settled]).toEqual([takeoversAtOnceMax + 1, ['r0']])
})

test('one that is asked for starts before those that nobody has asked for, and the asker is told when it runs', async () => {
  const bench = new Bench()
  bench.add(...Array.from({ length: takeoversAtOnceMax + 5 }, (_, index) => `r${index}`))
  await bench.clock.settle()
  const last = `r${takeoversAtOnceMax + 4}`
  let told = false
  bench.takeovers.want(last, () => {
    told = true
  })
  await bench.clock.settle()
  expect([bench.started.at(-1), told]).toEqual([last, false])
  bench.open.get(last)!.resolve()
  await bench.clock.settle()
  expect(told).toBe(true)
})

test('a root that cannot be started is tried with growing pauses, then its name is given back and whoever waits goes on', async () => {
  const bench = new Bench()
  bench.add('bad')
  await bench.clock.settle()
  let told = false
  bench.takeovers.want('bad', () => {
    told = true
  })
  for (let tries = 1; tries <= takeoverTriesMax; tries++) {
    expect([bench.started.length, bench.failed, told]).toEqual([tries, [], false])
    bench.open.get('bad')!.reject(new Fault('start-failed', 'Cannot start it', { hint: 'Mend it.' }))
    await bench.clock.settle()
    if (tries < takeoverTriesMax) await bench.clock.advance(takeoverRetryMs * 2 ** (tries - 1))
  }
  expect([bench.failed, told, bench.takeovers.count]).toEqual([['bad'], true, 0])
})

test('a root that has gone elsewhere meanwhile is not started', async () => {
  const bench = new Bench()
  bench.add('moved')
  bench.homes.set('moved', { ...home('moved'), member: 2 })
  await bench.clock.settle()
  expect([bench.started, bench.takeovers.count]).toEqual([[], 0])
})
