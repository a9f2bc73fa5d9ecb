// Tests of an actor's timers: once and again, by key, replaced, cancelled, skipped, and gone with the life that started them.
import { describe, expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { startTestNode } from 'troupe/testing'
import type { Self, TimerOptions } from 'troupe'

interface Order {
  readonly ms: number
  readonly name?: string
  readonly payload?: unknown
  readonly options?: TimerOptions
}

const gates: Promise<void>[] = []

type Seen = { seen: string[] }

const clockmaker = defineActor('clockmaker', {
  state: (): Seen => ({ seen: [] }),
  on: {
    after: (self, { ms, name = 'ring', payload, options }: Order) => self.after(ms, name, payload, options),
    every: (self, { ms, name = 'ring', payload, options }: Order) => self.every(ms, name, payload, options),
    cancel: (self, key: string) => self.cancel(key),
    ring(self: Self<Seen>, payload?: unknown) {
      self.state.seen.push(String(payload ?? 'ring'))
    },
    again(self: Self<Seen>, left: number) {
      self.state.seen.push(`again ${left}`)
      if (left > 0) self.after(10, 'again', left - 1)
    },
    async slow(self: Self<Seen>) {
      await gates.at(-1)
      self.state.seen.push('slow')
    },
    fail() {
      throw new Fault('clock-broken', 'Cannot ring: it is broken', { hint: 'Mend it.' })
    },
    crash() {
      throw new Error('broken')
    },
    seen: (self) => self.state.seen,
  },
  behaviours: { night: { snore: () => undefined } },
})

describe('after', () => {
  test('sends once, at its time, with its payload', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    ref.tell('after', { ms: 100, payload: 'tea' })
    await node.advance(99.9)
    expect(await ref.ask('seen')).toEqual([])
    await node.advance(0.1)
    expect(await ref.ask('seen')).toEqual(['tea'])
    await node.advance(1_000)
    expect(await ref.ask('seen')).toEqual(['tea'])
    expect(node.runtime.host.timers.count).toBe(0)
  })

  test('with 0 ms sends without any time passing, but not before the handler has ended', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    ref.tell('after', { ms: 0 })
    ref.tell('ring', 'before')
    await node.settle()
    await node.advance(0)
    expect(await ref.ask('seen')).toEqual(['before', 'ring'])
  })

  test('timers of one actor ring in the order of their times, then of their start', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    for (const [ms, key] of [
      [30, 'c'],
      [10, 'a'],
      [30, 'd'],
      [20, 'b'],
    ] as const) {
      ref.tell('after', { ms, payload: key, options: { key } })
    }
    await node.advance(30)
    expect(await ref.ask('seen')).toEqual(['a', 'b', 'c', 'd'])
  })

  test('may be started again by its own message', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    ref.tell('again', 3)
    await node.advance(100)
    expect(await ref.ask('seen')).toEqual(['again 3', 'again 2', 'again 1', 'again 0'])
    expect(node.runtime.host.timers.count).toBe(0)
  })

  test('started again by its own message can still be cancelled', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    ref.tell('after', { ms: 10, name: 'again', payload: 5 })
    await node.advance(10)
    expect(await ref.ask('cancel', 'again')).toBe(true)
    await node.advance(100)
    expect(await ref.ask('seen')).toEqual(['again 5'])
  })
})

describe('every', () => {
  test('sends at each multiple of its period', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    ref.tell('every', { ms: 10 })
    await node.advance(9)
    expect(await ref.ask('seen')).toHaveLength(0)
    await node.advance(21)
    expect(await ref.ask('seen')).toHaveLength(3)
    expect(node.runtime.host.totals.timerBeatsSkipped).toBe(0)
  })

  test('skips and counts beats while the last one is unhandled, then goes on with the next', async () => {
    await using node = await startTestNode()
    const { promise, resolve } = Promise.withResolvers<void>()
    gates.push(promise)
    const ref = await node.spawn(clockmaker)
    ref.tell('every', { ms: 10, name: 'slow' })
    await node.advance(55)
    expect(node.audit()).toMatchObject({ waiting: 0, inHand: 1 })
    expect(node.runtime.host.totals.timerBeatsSkipped).toBe(4)
    resolve()
    await node.advance(5)
    expect(await ref.ask('seen')).toEqual(['slow', 'slow'])
    expect(node.runtime.host.totals.timerBeatsSkipped).toBe(4)
  })

  test('goes on after a beat whose handler has failed', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    ref.tell('every', { ms: 10, name: 'fail' })
    await node.advance(30)
    expect(node.audit().deadLetters).toEqual({ 'handler-failed': 3 })
  })
})

test('a fault that a timer’s handler throws is a dead letter, for nobody waits for it', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(clockmaker)
  ref.tell('after', { ms: 1, name: 'fail' })
  await node.advance(1)
  const [letter] = node.runtime.host.deadLetters.list()
  expect(letter).toMatchObject({ reason: 'handler-failed', fault: { code: 'clock-broken' } })
  expect(node.audit()).toMatchObject({ accepted: 2, handled: 1, dead: 1 })
})

describe('keys', () => {
  test('a timer is cancelled by its key, which is its message unless said otherwise', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    ref.tell('after', { ms: 10 })
    ref.tell('every', { ms: 10, payload: 'keyed', options: { key: 'k' } })
    expect(await ref.ask('cancel', 'ring')).toBe(true)
    await node.advance(10)
    expect(await ref.ask('seen')).toEqual(['keyed'])
    expect(await ref.ask('cancel', 'k')).toBe(true)
    await node.advance(100)
    expect(await ref.ask('seen')).toEqual(['keyed'])
    expect(node.runtime.host.timers.count).toBe(0)
  })

  test('there is nothing to cancel twice, after the ring, or under another key', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    ref.tell('after', { ms: 10 })
    ref.tell('after', { ms: 10, options: { key: 'k' } })
    expect(await ref.ask('cancel', 'other')).toBe(false)
    expect([await ref.ask('cancel', 'k'), await ref.ask('cancel', 'k')]).toEqual([true, false])
    await node.advance(10)
    expect(await ref.ask('seen')).toEqual(['ring'])
    expect(await ref.ask('cancel', 'ring')).toBe(false)
  })

  test('a cancel counts even when the message waits in the mailbox already', async () => {
    await using node = await startTestNode()
    const { promise, resolve } = Promise.withResolvers<void>()
    gates.push(promise)
    const ref = await node.spawn(clockmaker)
    for (const name of ['after', 'every'] as const) ref.tell(name, { ms: 10, options: { key: name } })
    await node.settle()
    ref.tell('slow')
    ref.tell('cancel', 'after')
    ref.tell('cancel', 'every')
    await node.advance(10)
    expect(node.audit().waiting).toBe(4)
    resolve()
    await node.advance(100)
    expect(await ref.ask('seen')).toEqual(['slow'])
    expect(node.audit().deadLetters).toEqual({ 'message-unwanted': 2 })
  })

  test('a timer started under a key in use takes its place, also when the old message waits', async () => {
    await using node = await startTestNode()
    const { promise, resolve } = Promise.withResolvers<void>()
    gates.push(promise)
    const ref = await node.spawn(clockmaker)
    ref.tell('after', { ms: 10, payload: 'old' })
    ref.tell('after', { ms: 20, payload: 'new' })
    await node.advance(10)
    expect(await ref.ask('seen')).toEqual([])
    ref.tell('slow')
    ref.tell('after', { ms: 20, payload: 'newest' })
    await node.advance(10)
    expect(node.audit().waiting).toBe(2)
    resolve()
    await node.advance(20)
    expect(await ref.ask('seen')).toEqual(['slow', 'newest'])
  })
})

describe('the end of a life', () => {
  test('a restart cancels all timers, also the messages that wait', async () => {
    await using node = await startTestNode()
    const { promise } = Promise.withResolvers<void>()
    gates.push(promise)
    const ref = await node.spawn(clockmaker)
    ref.tell('after', { ms: 20 })
    ref.tell('every', { ms: 10, options: { key: 'k' } })
    await node.settle()
    ref.tell('slow')
    await node.advance(10)
    expect(node.audit()).toMatchObject({ inHand: 1, waiting: 1 })
    ref.kill()
    await node.advance(1_000)
    expect(await ref.ask('seen')).toEqual([])
    expect(node.runtime.host.timers.count).toBe(0)
    expect(node.audit().deadLetters).toEqual({ 'handler-abandoned': 1, 'message-unwanted': 1 })
  })

  test('an actor that is stopping hears no more beats, and they are no dead letters', async () => {
    await using node = await startTestNode()
    const { promise, resolve } = Promise.withResolvers<void>()
    gates.push(promise)
    const ref = await node.spawn(clockmaker)
    ref.tell('every', { ms: 10 })
    ref.tell('after', { ms: 15, name: 'fail' })
    ref.tell('slow')
    await node.settle()
    ref.stop()
    await node.advance(100)
    resolve()
    await node.settle()
    expect(node.audit()).toMatchObject({ actors: 0, accepted: 3, handled: 3, refused: 0, dead: 0 })
  })

  test('a stop cancels all timers', async () => {
    await using node = await startTestNode()
    const ref = await node.spawn(clockmaker)
    ref.tell('every', { ms: 10 })
    await node.settle()
    ref.stop()
    await node.advance(100)
    expect(node.runtime.host.timers.count).toBe(0)
    expect(node.audit()).toMatchObject({ accepted: 1, handled: 1, refused: 0 })
  })
})
