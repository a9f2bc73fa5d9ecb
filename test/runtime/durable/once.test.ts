// Asks with an idempotency key: handled once for a key, and answered as often as somebody asks.
import { expect, test } from 'vitest'
import { defineActor, Fault } from '../../../index.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { replyBytesMax } from '../../../runtime/durable/once.ts'
import { repliesMax } from '../../../runtime/durable/duties.ts'
import type { Ref } from '../../../index.ts'

const desk = defineActor('desk', {
  state: () => ({ count: 0 }),
  events: {
    counted(state) {
      state.count++
    },
  },
  on: {
    async order(self, what: string) {
      await self.persist('counted')
      return `${what} ${self.state.count}`
    },
    /** Persists nothing. */
    look: (self, what: string) => `${what} ${self.state.count}`,
    async refuse(self) {
      await self.persist('counted')
      throw new Fault('order-refused', 'Cannot order it: there is none', { hint: 'Wait.' })
    },
    async breakLate(self) {
      await self.persist('counted')
      throw new Error('broken')
    },
    breakEarly() {
      throw new Error('broken')
    },
    async long(self) {
      await self.persist('counted')
      return 'x'.repeat(replyBytesMax)
    },
    nothing() {},
    count: (self) => self.state.count,
  },
})

const key = (idempotencyKey: string) => ({ idempotencyKey })

test('the same key gives the same reply, and the handler runs once', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(desk, 'd')
  expect(await ref.ask('order', 'tea', key('1'))).toBe('tea 1')
  expect(await ref.ask('order', 'tea', key('1'))).toBe('tea 1')
  expect(await ref.ask('order', 'tea', key('2'))).toBe('tea 2')
  expect(await ref.ask('nothing', undefined, key('3'))).toBeUndefined()
  expect(await ref.ask('nothing', undefined, key('3'))).toBeUndefined()
  expect(await ref.ask('count')).toBe(2)
})

test('the reply outlives the process', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const first = await startTestNode({ journal })
  await (await first.spawn(desk, 'd')).ask('order', 'tea', key('1'))
  await using next = await startTestNode({ journal })
  const ref = await next.spawn(desk, 'd')
  expect(await ref.ask('order', 'tea', key('1'))).toBe('tea 1')
  expect(await ref.ask('count')).toBe(1)
})

test('who has persisted nothing has key and reply in one record', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(desk, 'd')
  await ref.ask('look', 'tea', key('1'))
  const { journal } = node.runtime.host.durability!
  expect(await journal.read('d', 1, 10)).toHaveLength(1)
})

test('after a crash between the two records it is known that the message was handled, and no more', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const half = defineActor('desk', {
    state: () => ({ count: 0 }),
    events: {
      counted(state) {
        state.count++
      },
    },
    on: {
      async order(self, _what: string) {
        await self.persist('counted')
        await new Promise(() => undefined)
      },
    },
  })
  const first = await startTestNode({ journal })
  const asked = (await first.spawn(half, 'd')).ask('order', 'tea', key('1'))
  asked.catch(() => undefined)
  await first.settle()
  await using next = await startTestNode({ journal })
  const ref = await next.spawn(desk, 'd')
  await expect(ref.ask('order', 'tea', key('1'))).rejects.toMatchObject({ code: 'reply-lost' })
  expect(await ref.ask('count')).toBe(1)
})

test('a fault is an answer that is kept', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(desk, 'd')
  for (let i = 0; i < 2; i++)
    await expect(ref.ask('refuse', undefined, key('1'))).rejects.toMatchObject({ code: 'order-refused' })
  for (let i = 0; i < 2; i++)
    await expect(ref.ask('breakLate', undefined, key('2'))).rejects.toMatchObject({ code: 'handler-failed' })
  expect(await ref.ask('count')).toBe(2)
})

test('an error before anything was persisted leaves no trace', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(desk, 'd')
  await expect(ref.ask('breakEarly', undefined, key('1'))).rejects.toMatchObject({ code: 'handler-failed' })
  expect(await ref.ask('order', 'tea', key('1'))).toBe('tea 1')
})

test('of a reply that is too large only is kept that it was given', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(desk, 'd')
  expect(await ref.ask('long', undefined, key('1'))).toHaveLength(replyBytesMax)
  await expect(ref.ask('long', undefined, key('1'))).rejects.toMatchObject({ code: 'reply-lost' })
})

test('the oldest key is forgotten for a new one', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(desk, 'd')
  for (let i = 0; i <= repliesMax; i++) await ref.ask('look', 'x', key(`${i}`))
  await ref.ask('order', 'tea')
  expect(await ref.ask('look', 'x', key('1'))).toBe('x 0')
  expect(await ref.ask('look', 'x', key('0'))).toBe('x 1')
})

test('an actor that forgets refuses a key', async () => {
  const plain = defineActor('plain', { on: { hi: () => 'hi' } })
  await using node = await startTestNode()
  const ref = await node.spawn(plain, 'p')
  await expect(ref.ask('hi', undefined, key('1'))).rejects.toMatchObject({ code: 'actor-volatile' })
})

test.each(['', 'ä', 'x'.repeat(129), 1 as never])('the key %j is refused', async (one) => {
  await using node = await startTestNode()
  const ref = await node.spawn(desk, 'd')
  await expect(ref.ask('look', 'x', key(one))).rejects.toMatchObject({ code: 'key-invalid' })
})

test('a message that nobody knows is no answer to be kept', async () => {
  await using node = await startTestNode()
  const ref = (await node.spawn(desk, 'd')) as unknown as Ref
  await expect(ref.ask('never', undefined, key('1'))).rejects.toMatchObject({ code: 'message-unknown' })
  expect(await ref.ask('look', 'x', key('1'))).toBe('x 0')
})

test('a reply that cannot be written is given, and the actor goes on', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(desk, 'd')
  const journal = node.runtime.host.durability!.journal as MemoryJournal
  journal.failNext(new Fault('journal-full', 'Cannot keep it: full', { hint: 'Make room.' }))
  await expect(ref.ask('look', 'x', key('1'))).rejects.toMatchObject({ code: 'journal-full' })
  expect(await ref.ask('look', 'x', key('1'))).toBe('x 0')
})
