// Tests of fairness on the real clock: neither a flood nor an endless chain of awaits keeps others, or timers, waiting.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { defineActor, startNode } from 'troupe'
import { turnMessagesMax } from '../../runtime/scheduler.ts'
import type { Node, Ref } from 'troupe'

// No figure is a time: how far the others came while one thing happened is counted in messages, which no slow machine changes.

/** A flood that never ends by itself; far more than any share of the thread before a timer has its turn. */
const floodMax = 30_000_000
let node: Node

beforeEach(async () => {
  node = await startNode({ name: 'fair' })
})
afterEach(async () => {
  await node.stop()
})

/** Tells itself without end, until it is told to rest. */
const flood = defineActor('flood', {
  state: () => ({ count: 0, isOver: false }),
  on: {
    go(self) {
      self.state.count++
      if (!self.state.isOver && self.state.count < floodMax) self.ref.tell('go')
    },
    rest(self) {
      self.state.isOver = true
      return self.state.count
    },
    count: (self) => self.state.count,
  },
})

/** Asks another without end: nothing but microtasks. */
const chain = defineActor('chain', {
  state: () => ({ count: 0, isOver: false }),
  on: {
    async go(self, to: Ref) {
      while (!self.state.isOver && self.state.count < floodMax / 10) {
        self.state.count++
        await to.ask('count')
        self.state.isOver = overs.has(self.path)
      }
      return self.state.count
    },
  },
})
const overs = new Set<string>()

test('an actor whose handlers never rest lets another one have its turn', async () => {
  const [loud, quiet] = [await node.spawn(flood), await node.spawn(flood)]
  for (let i = 0; i < 100; i++) loud.tell('go')
  expect(await quiet.ask('count')).toBe(0)
  expect(await loud.ask('rest')).toBeLessThan(floodMax)
})

test('a message for a quiet actor waits for one turn of the flood, not for the flood', async () => {
  let count = 0
  const waits: number[] = []
  const noisy = defineActor('noisy', {
    on: {
      go(self) {
        count++
        if (waits.length < 200) self.ref.tell('go')
      },
    },
  })
  const pinger = defineActor('pinger', {
    on: {
      ping(self, { to, sentAt }: { to: Ref; sentAt: number }) {
        waits.push(count - sentAt)
        if (waits.length < 200) to.tell('ping', { to: self.ref, sentAt: count })
      },
    },
  })
  const [loud, one, other] = [await node.spawn(noisy), await node.spawn(pinger), await node.spawn(pinger)]
  for (let i = 0; i < 500; i++) loud.tell('go')
  one.tell('ping', { to: other, sentAt: 0 })
  while (waits.length < 200) await turnOfTheLoop()
  expect(Math.max(...waits.slice(1))).toBeLessThanOrEqual(turnMessagesMax)
  expect(count).toBeGreaterThan(1_000)
})

test('a timer rings in the middle of a flood', async () => {
  const loud = await node.spawn(flood)
  for (let i = 0; i < 100; i++) loud.tell('go')
  const sleeper = defineActor('sleeper', {
    on: {
      async sleep(self, to: Ref) {
        self.after(5, 'wake', to)
      },
      wake: (_self, to: Ref) => to.tell('rest'),
    },
  })
  ;(await node.spawn(sleeper)).tell('sleep', loud)
  await overOf(loud)
  expect(await loud.ask('count')).toBeLessThan(floodMax)
})

test('a timer rings in the middle of an endless chain of awaits', async () => {
  const [asked, asking] = [await node.spawn(flood), await node.spawn(chain, 'chain')]
  const rung = new Promise<void>((resolve) => {
    node.runtime.host.clock.alarm(node.runtime.host.clock.now() + 5, () => {
      overs.add('chain')
      resolve()
    })
  })
  const gone = asking.ask('go', asked, { timeoutMs: 60_000 })
  await rung
  expect(await gone).toBeLessThan(floodMax / 10)
})

test('what the event loop was asked for comes through a flood in time', async () => {
  const loud = await node.spawn(flood)
  for (let i = 0; i < 100; i++) loud.tell('go')
  const counts: number[] = []
  for (let i = 0; i < 10; i++) {
    await turnOfTheLoop()
    counts.push(await loud.ask('count'))
  }
  await loud.ask('rest')
  expect(counts.at(-1)).toBeLessThan(floodMax)
  expect(counts).toEqual(counts.toSorted((a, b) => a - b))
})

function turnOfTheLoop(): Promise<void> {
  return new Promise<void>((resolve) => node.runtime.host.clock.later(resolve))
}

/** Waits until a flood has been told to rest and its messages are done. */
async function overOf(loud: Ref): Promise<void> {
  for (;;) {
    const before = await loud.ask('count')
    await turnOfTheLoop()
    await turnOfTheLoop()
    if (before === (await loud.ask('count'))) return
  }
}
