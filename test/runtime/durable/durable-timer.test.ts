// Durable timers: due by wall time, over restarts of the actor and of the node, each beat once in effect.
import { expect, test } from 'vitest'
import { defineActor, Fault } from '../../../index.ts'
import { ManualClock, startTestNode } from '../../../scenarios/testing/index.ts'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { afterBeat, afterSleep, catchUpBeatsMax } from '../../../runtime/durable/catch-up.ts'
import { durableDelayMsMax, durableTimersMax } from '../../../runtime/durable/durable-timer.ts'
import { clockwork, trouble } from './clockwork.ts'
import type { CatchUp } from '../../../runtime/commit.ts'

async function started(catchUp: CatchUp, how: 'after' | 'every', ms: number): Promise<MemoryJournal> {
  trouble.failures = 0
  const journal = new MemoryJournal(new ManualClock())
  const node = await startTestNode({ journal })
  const ref = await node.spawn(clockwork, 'c')
  await ref.ask(how, { ms, options: { catchUp } })
  return journal
}

/** Time passes while nobody is awake: the actor is down. */
async function asleep(catchUp: CatchUp, how: 'after' | 'every', ms: number, sleepMs: number) {
  trouble.failures = 0
  const node = await startTestNode()
  const ref = await node.spawn(clockwork, 'c')
  await ref.ask(how, { ms, options: { catchUp } })
  ref.stop()
  await node.advance(sleepMs)
  await node.spawn(clockwork, 'c')
  await node.advance(0)
  return { node, ref }
}

test('a one-shot is due once, and its removal is in the record of its handler', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(clockwork, 'c')
  await ref.ask('after', { ms: 1_000 })
  await node.advance(999)
  expect(await ref.ask('beats')).toEqual([])
  await node.advance(1)
  expect(await ref.ask('beats')).toEqual(['x'])
  await node.advance(100_000)
  expect(await ref.ask('beats')).toEqual(['x'])
  expect(await node.runtime.host.durability?.journal.read('c', 1, 10)).toHaveLength(2)
})

test('a periodic one keeps to its grid', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(clockwork, 'c')
  await ref.ask('every', { ms: 1_000 })
  await node.advance(3_500)
  expect(await ref.ask('beats')).toHaveLength(3)
  ref.kill()
  await node.advance(600)
  expect(await ref.ask('beats')).toHaveLength(4)
})

test('one that was started by a handler that fails does not run', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(clockwork, 'c')
  ref.tell('startAndFail', { ms: 10 })
  await node.advance(1_000)
  expect(await ref.ask('beats')).toEqual([])
})

test('a cancelled one does not run, also one that was started in the same handler', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(clockwork, 'c')
  await ref.ask('after', { ms: 10 })
  expect(await ref.ask('cancel', 'beat')).toBe(true)
  expect(await ref.ask('cancel', 'beat')).toBe(false)
  expect(await ref.ask('startAndCancel', { ms: 10 })).toEqual([true, false])
  await node.advance(1_000)
  expect(await ref.ask('beats')).toEqual([])
})

test('a key belongs to one timer, whichever kind it is', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(clockwork, 'c')
  await ref.ask('after', { ms: 10 })
  await ref.ask('volatile', { ms: 20 })
  await node.advance(100)
  expect(await ref.ask('beats')).toEqual(['volatile'])
  await ref.ask('volatile', { ms: 20 })
  await ref.ask('after', { ms: 10 })
  await node.advance(100)
  expect(await ref.ask('beats')).toEqual(['volatile', 'x'])
})

test.each([
  ['skip', 'after', 0],
  ['once', 'after', 1],
  ['each', 'after', 1],
  ['skip', 'every', 0],
  ['once', 'every', 1],
  ['each', 'every', 5],
] as const)('with %s a timer by %s makes up for %i of 5 beats', async (catchUp, how, count) => {
  const { node, ref } = await asleep(catchUp, how, 1_000, 5_500)
  expect(await ref.ask('beats')).toHaveLength(count)
  await node.advance(500)
  expect(await ref.ask('beats')).toHaveLength(count + (how === 'every' ? 1 : 0))
  const skipped = { skip: how === 'every' ? 5 : 1, once: how === 'every' ? 4 : 0, each: 0 }[catchUp]
  expect(node.runtime.host.totals.timerBeatsSkipped).toBe(skipped)
  await node[Symbol.asyncDispose]()
})

test('what skip leaves out is written: the journal does not say that the actor has to wake', async () => {
  const { node } = await asleep('skip', 'after', 1_000, 5_000)
  expect(await node.runtime.host.durability?.journal.wakes(Infinity, 10)).toEqual([])
  await node[Symbol.asyncDispose]()
})

test('it runs on in the next process', async () => {
  const journal = await started('once', 'every', 1_000)
  await using node = await startTestNode({ journal })
  const ref = await node.spawn(clockwork, 'c')
  await node.advance(1_000)
  expect(await ref.ask('beats')).toEqual(['x'])
})

test('the journal knows when the actor has to be awake', async () => {
  await using node = await startTestNode()
  const { journal } = node.runtime.host.durability!
  const ref = await node.spawn(clockwork, 'c')
  const wakes = async () =>
    (await journal.wakes(Infinity, 10)).map(({ wakeMs }) => wakeMs - node.clock.wall())
  await ref.ask('after', { ms: 500, options: { key: 'a' } })
  await ref.ask('after', { ms: 200, options: { key: 'b' } })
  expect(await wakes()).toEqual([200])
  await node.advance(200)
  expect(await wakes()).toEqual([300])
  await node.advance(300)
  expect(await wakes()).toEqual([])
})

test('the journal knows it also if the first record that says so was refused', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const stubborn = defineActor('stubborn', {
    events: { tried: () => undefined },
    on: {
      async begin(self) {
        self.after(500, 'ring', undefined, { durable: true })
        await self.persist('tried').catch(() => {})
        await self.persist('tried')
      },
      ring: () => undefined,
    },
  })
  await using node = await startTestNode({ journal })
  const ref = await node.spawn(stubborn, 's')
  journal.failNext(new Fault('journal-full', 'Cannot keep it: the disk is full', { hint: 'Make room.' }))
  await ref.ask('begin')
  expect(await journal.wakes(Infinity, 10)).toEqual([{ id: 's', wakeMs: node.clock.wall() + 500 }])
})

test('a beat whose handler fails comes again, and is given up in the end', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(clockwork, 'c')
  trouble.failures = 2
  await ref.ask('every', { ms: 1_000 })
  await node.advance(1_500)
  expect(await ref.ask('beats')).toHaveLength(1)
  await node.advance(60_000)
  const { length } = await ref.ask('beats')
  trouble.failures = 3
  await node.advance(1_000)
  expect(node.runtime.host.deadLetters.counts()).toEqual({ 'message-poisoned': 1 })
  trouble.failures = 0
  await node.advance(1_000)
  expect(await ref.ask('beats')).toHaveLength(length + 1)
})

test('a beat that cannot be written comes again', async () => {
  await using node = await startTestNode()
  const ref = await node.spawn(clockwork, 'c')
  trouble.failures = 0
  await ref.ask('after', { ms: 1_000 })
  const journal = node.runtime.host.durability!.journal as MemoryJournal
  journal.failNext(new Fault('journal-full', 'Cannot keep it: full', { hint: 'Make room.' }))
  await node.advance(1_000)
  expect(await ref.ask('beats')).toEqual([])
  await node.advance(2_000)
  expect(await ref.ask('beats')).toEqual(['x'])
})

test('a time, a message, a policy or a number that cannot be is refused', async () => {
  const plain = defineActor('plain', {
    on: { go: (self) => self.after(1, 'go', 0, { durable: true }) },
  })
  await using node = await startTestNode()
  const ref = await node.spawn(clockwork, 'c')
  for (const ms of [-1, Number.NaN, Infinity, durableDelayMsMax + 1])
    await expect(ref.ask('after', { ms })).rejects.toMatchObject({ code: 'timer-invalid' })
  await expect(ref.ask('every', { ms: 0 })).rejects.toMatchObject({ code: 'timer-invalid' })
  await expect(ref.ask('after', { ms: 1, name: 'never' })).rejects.toMatchObject({ code: 'message-unknown' })
  const odd = { catchUp: 'twice' } as never
  await expect(ref.ask('after', { ms: 1, options: odd })).rejects.toMatchObject({ code: 'timer-invalid' })
  const volatile = await node.spawn(plain, 'p')
  await expect(volatile.ask('go')).rejects.toMatchObject({ code: 'actor-volatile' })
  for (let i = 0; i < durableTimersMax; i++) await ref.ask('after', { ms: 1e6, options: { key: `${i}` } })
  await expect(ref.ask('after', { ms: 1, options: { key: 'more' } })).rejects.toMatchObject({
    code: 'timers-full',
  })
  await ref.ask('after', { ms: durableDelayMsMax, options: { key: '0' } })
})

const timer = { key: 'k', name: 'n', payload: 0, dueMs: 1_000, periodMs: 10 }

test('each makes up for a bounded number of beats, and the rest is counted', () => {
  const { timer: next, skipped } = afterBeat(
    { ...timer, catchUp: 'each' },
    1_000 + 10 * (catchUpBeatsMax + 5),
  )
  expect(skipped).toBe(5)
  expect(next?.dueMs).toBe(1_000 + 10 * 6)
})

test('a clock that was set back only delays', () => {
  expect(afterBeat({ ...timer, catchUp: 'once' }, 500)).toEqual({
    timer: { ...timer, catchUp: 'once', dueMs: 1_010 },
    skipped: 0,
  })
  expect(afterSleep({ ...timer, catchUp: 'skip' }, 500).skipped).toBe(0)
})
