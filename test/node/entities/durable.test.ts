// Tests of durable entities: what they persist is there when they wake, wherever that is.
import { expect, test } from 'vitest'
import { ManualClock, startTestNode } from 'troupe/testing'
import { MemoryJournal } from '../../../node/journal/memory-journal.ts'
import { bell, purse } from './purse.ts'

const load = ['test/node/entities/purse.ts']

test.each([0, 2])(
  'with %i worker threads a durable entity wakes with all that it has persisted',
  async (threads) => {
    await using node = await startTestNode({ threads, load })
    const ada = node.entity(purse, 'ada', { idleMs: 1_000 })
    for (let round = 1; round <= 4; round++) {
      expect(await ada.ask('fill', 5)).toBe(5 * round)
      await node.advance(2_000)
      expect(node.entityKeeper.register.resident).toBe(0)
    }
    expect(await ada.ask('coins')).toEqual({ owner: 'ada', coins: 20 })
  },
)

test.each([0, 2])(
  'with %i worker threads and room for two, many durable entities keep what is theirs',
  async (threads) => {
    await using node = await startTestNode({ threads, load })
    node.entities(purse, { residentMax: 2 })
    for (let round = 1; round <= 3; round++)
      for (let key = 0; key < 20; key++)
        expect(await node.entity(purse, `k${key}`).ask('fill', key)).toBe(key * round)
  },
)

test('when its thread is lost a durable entity wakes elsewhere with what was safe', async () => {
  await using node = await startTestNode({ threads: 2, load })
  const ada = node.entity(purse, 'ada', { place: { thread: 1 } })
  expect(await ada.ask('fill', 5)).toBe(5)
  node.killThread(1)
  await node.settle()
  expect(await ada.ask('coins')).toEqual({ owner: 'ada', coins: 5 })
})

test('mail that comes while a durable entity recovers is handled in order', async () => {
  await using node = await startTestNode()
  const ada = node.entity(purse, 'ada', { idleMs: 1_000 })
  await ada.ask('fill', 1)
  await node.advance(2_000)
  const replies = [10, 100, 1_000].map((coins) => ada.ask('fill', coins))
  expect(await Promise.all(replies)).toEqual([11, 111, 1_111])
})

test.each([0, 2])(
  'with %i worker threads a durable timer wakes its entity when it is due',
  async (threads) => {
    await using node = await startTestNode({ threads, load })
    const ada = node.entity(bell, 'ada', { idleMs: 1_000 })
    await ada.ask('set', 600_000)
    await node.advance(5_000)
    expect(node.entityKeeper.register.resident).toBe(0)
    await node.advance(600_000)
    expect(node.entityKeeper.register.get('bell')?.tally).toMatchObject({ activated: 2, passivated: 2 })
    expect(await ada.ask('rung')).toBe(1)
  },
)

test('a timer that was due while no process ran wakes its entity once the definition is known', async () => {
  const journal = new MemoryJournal(new ManualClock())
  const first = await startTestNode({ journal })
  await first.entity(bell, 'ada').ask('set', 1_000)
  await first[Symbol.asyncDispose]()
  await using node = await startTestNode({ journal })
  await node.advance(5_000)
  node.entities(bell)
  await node.settle()
  await node.advance(1_000)
  expect(await node.entity(bell, 'ada').ask('rung')).toBe(1)
})
