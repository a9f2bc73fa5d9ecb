// Tests of waking: what wakes an entity, what does not, and what it finds.
import { beforeEach, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { clerk, diary, newDiary } from './clerk.ts'
import type { Exit, Ref } from 'troupe'

beforeEach(() => void newDiary())

test('a ref of an entity starts nothing', async () => {
  await using node = await startTestNode()
  expect(node.entity(clerk, 'ada').path).toBe('clerk/ada')
  await node.settle()
  expect(diary).toEqual([])
  expect(node.find('clerk/ada')).toBeUndefined()
})

test('a tell wakes an entity with its key, and is handled', async () => {
  await using node = await startTestNode()
  node.entity(clerk, 'ada').tell('note', 7)
  await node.settle()
  expect(diary).toEqual([
    { key: 'ada', what: 'state' },
    { key: 'ada', what: 'started' },
    { key: 'ada', what: 'noted', value: 7 },
  ])
})

test('an ask and an offer wake an entity', async () => {
  await using node = await startTestNode()
  expect(await node.entity(clerk, 'ada').ask('note', 1)).toBe(1)
  await node.entity(clerk, 'bob').offer('note', 2)
  expect(await node.entity(clerk, 'bob').ask('count')).toBe(1)
})

test('a ref out of a payload, and one that knew an earlier life, wake an entity', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  node.entity(clerk, 'bob').tell('tell', { to: ada as unknown as Ref, value: 5 })
  await node.settle()
  expect(await ada.ask('count')).toBe(1)
  await node.advance(2_000)
  expect(node.find('clerk/ada')).toBeUndefined()
  expect(await ada.ask('note', 1)).toBe(1)
})

test('many messages of one turn find one life, in order', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada')
  for (let value = 0; value < 100; value++) ada.tell('note', value)
  await node.settle()
  expect(diary.filter(({ what }) => what === 'state')).toHaveLength(1)
  expect(diary.flatMap(({ value }) => (value === undefined ? [] : [value]))).toEqual([...Array(100).keys()])
})

test('a stop and a kill of one who sleeps wake nobody', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada')
  ada.stop()
  ada.kill()
  await node.settle()
  expect(diary).toEqual([])
})

test('a watch wakes an entity, which stays awake for it, and hears its end once', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  const exits: Exit[] = []
  ada.watch((exit) => exits.push(exit))
  await node.advance(10_000)
  expect(node.find('clerk/ada')?.path).toBe('clerk/ada')
  ada.stop()
  await node.advance(10_000)
  expect(exits).toEqual([{ cause: 'stopped' }])
})

test('an actor that watches a sleeping entity wakes it and hears its end once', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  const bob = node.entity(clerk, 'bob')
  await ada.ask('count')
  await node.advance(5_000)
  bob.tell('watch', ada as unknown as Ref)
  await node.advance(5_000)
  ada.kill()
  ada.stop()
  await node.advance(5_000)
  expect(diary.filter(({ what }) => what === 'down')).toHaveLength(1)
})

test('after a stop the next message begins a new life', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada')
  await ada.ask('note', 1)
  ada.stop()
  await node.settle()
  expect(await ada.ask('note', 1)).toBe(1)
})

test('below an entity, and at a key that is none, nobody is woken', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada')
  const { host } = node.runtime
  expect(host.awakener?.awaken('clerk/ada/assistant')).toBeUndefined()
  expect(host.awakener?.awaken('clerk/$7')).toBeUndefined()
  expect(host.awakener?.awaken('clerk')).toBeUndefined()
  expect(host.awakener?.awaken('other/ada')).toBeUndefined()
  expect(() => node.entity(clerk, 'a/b')).toThrow(expect.objectContaining({ code: 'name-invalid' }))
  expect(() => node.entity(clerk, '')).toThrow(expect.objectContaining({ code: 'name-invalid' }))
  expect(ada.path).toBe('clerk/ada')
})

test('entities that wake each other in their starts need no deep stack', async () => {
  const chain = defineActor('chain', {
    state: (key: string) => Number(key),
    started(self) {
      if (self.state < 20_000) node.entity(chain, String(self.state + 1)).tell('go')
    },
    on: { go: (self) => self.state },
  })
  await using node = await startTestNode()
  expect(await node.entity(chain, '0').ask('go')).toBe(0)
  await node.settle()
  expect(node.entityKeeper.register.resident).toBe(20_001)
})

test('two definitions of one name do not share their entities', async () => {
  await using node = await startTestNode()
  node.entity(clerk, 'ada')
  const other = defineActor('clerk', { on: {} })
  expect(() => node.entity(other, 'ada')).toThrow(expect.objectContaining({ code: 'entity-taken' }))
})

test.each([
  [{ residentMax: 0 }, 'residentMax is 0'],
  [{ idleMs: 99 }, 'idleMs is 99'],
  [{ place: 'dedicated' as const }, 'thread of its own'],
  [{ pace: 1 }, 'no option "pace"'],
])('the options %j are refused', async (options, text) => {
  await using node = await startTestNode()
  expect(() => node.entities(clerk, options as { residentMax: number })).toThrow(
    expect.objectContaining({ code: 'entity-invalid', message: expect.stringContaining(text) }),
  )
})
