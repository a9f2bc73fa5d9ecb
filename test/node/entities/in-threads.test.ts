// Tests of entities in threads: where they wake, what finds them, and what becomes of them when they move or their thread is lost.
import { beforeEach, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { clerk, diary, newDiary } from './clerk.ts'
import type { TestNode, TestNodeOptions } from 'troupe/testing'
import type { Exit, Ref } from 'troupe'

const load = ['test/node/entities/clerk.ts']

beforeEach(() => void newDiary())

async function start(options: TestNodeOptions = {}): Promise<TestNode> {
  return await startTestNode({ threads: 2, load, ...options })
}

/** The threads in which entities live, by their paths. */
function homes(node: TestNode): Record<string, number> {
  const entries = [...(node.fleet?.office.homes.entries() ?? [])]
  return Object.fromEntries(entries.map(({ top, thread }) => [top, thread]))
}

test('a message from the main thread wakes an entity in a worker thread, and finds it asleep again later', async () => {
  await using node = await start()
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  ada.tell('note', 1)
  ada.tell('note', 2)
  expect(await ada.ask('count')).toBe(2)
  expect(homes(node)['clerk/ada']).toBeGreaterThan(0)
  await node.advance(1_500)
  expect(homes(node)).toEqual({})
  expect(node.entityKeeper.register).toMatchObject({ resident: 0 })
  await ada.offer('note', 3)
  expect(await ada.ask('count')).toBe(1)
  expect(node.entityKeeper.register.get('clerk')?.tally).toMatchObject({ activated: 2, passivated: 1 })
  expect((await node.auditAll()).isBalanced).toBe(true)
})

test('an entity wakes one in another thread, also by a ref that it was sent', async () => {
  await using node = await start()
  const [ada, bob] = [node.entity(clerk, 'ada', { idleMs: 1_000 }), node.entity(clerk, 'bob')]
  for (let value = 1; value <= 5; value++) {
    ada.tell('tell', { to: bob as unknown as Ref, value })
    await node.advance(3_000)
    expect(homes(node)).toEqual({})
  }
  expect(diary.filter(({ what }) => what === 'noted').map(({ value }) => value)).toEqual([1, 2, 3, 4, 5])
})

test('a message that was on its way to one who fell asleep wakes it', async () => {
  await using node = await start({ delayMs: () => 400 })
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000, place: { thread: 1 } })
  ada.tell('note', 0)
  await node.advance(2_000)
  for (let value = 1; value <= 20; value++) {
    ada.tell('note', value)
    await node.advance(value * 100)
  }
  await node.advance(20_000)
  const values = diary.filter(({ what }) => what === 'noted').map(({ value }) => value)
  expect(values).toEqual([...Array(21).keys()])
  expect(node.entityKeeper.register.get('clerk')?.tally.activated).toBeGreaterThan(3)
  expect(node.audit().deadLetters).toEqual({})
})

test('a stop and a kill wake nobody, a watch does and hears the end once', async () => {
  await using node = await start()
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  ada.stop()
  ada.kill()
  await node.advance(100)
  expect(homes(node)).toEqual({})
  const exits: Exit[] = []
  ada.watch((exit) => exits.push(exit))
  await node.advance(10_000)
  expect(Object.keys(homes(node))).toEqual(['clerk/ada'])
  ada.stop()
  await node.advance(100)
  expect(exits).toEqual([{ cause: 'stopped' }])
  expect(await ada.ask('count')).toBe(0)
})

test('a watch that comes as its entity falls asleep wakes it again', async () => {
  await using node = await start({ delayMs: () => 100 })
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  ada.tell('note', 1)
  await node.advance(400)
  const exits: Exit[] = []
  for (let step = 0; step < 25; step++) {
    await node.advance(50)
    ada.watch((exit) => exits.push(exit))
  }
  await node.advance(5_000)
  ada.stop()
  await node.advance(1_000)
  expect(exits).toHaveLength(25)
  expect(new Set(exits.map(({ cause }) => cause))).toEqual(new Set(['stopped']))
})

test('an entity that has moved sleeps where it lives, wakes there for a minute, and then where its rules say', async () => {
  await using node = await start()
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000, place: { thread: 1 } })
  await ada.ask('note', 1)
  await node.move(ada, { thread: 2 })
  expect(await ada.ask('count')).toBe(1)
  await node.advance(1_500)
  expect(homes(node)).toEqual({})
  expect(await ada.ask('count')).toBe(0)
  expect(Object.values(homes(node))).toEqual([2])
  await node.advance(61_500)
  expect(await ada.ask('count')).toBe(0)
  expect(Object.values(homes(node))).toEqual([1])
})

test('when its thread is lost an entity comes back with the next message, and not before', async () => {
  await using node = await start()
  const [ada, bob] = [node.entity(clerk, 'ada', { place: { thread: 1 } }), node.entity(clerk, 'bob')]
  await ada.ask('note', 1)
  await bob.ask('note', 1)
  const exits: Exit[] = []
  bob.watch((exit) => exits.push(exit))
  await node.settle()
  node.killThread(1)
  await node.advance(5_000)
  expect(homes(node)).toEqual({})
  expect(node.entityKeeper.register.resident).toBe(0)
  expect(exits.map(({ cause }) => cause)).toEqual(['node-lost'])
  expect(await ada.ask('note', 1)).toBe(1)
  expect(Object.keys(homes(node))).toEqual(['clerk/ada'])
})

test('a hundred are awake in all threads together, and thousands are served', async () => {
  await using node = await start()
  node.entities(clerk, { residentMax: 100 })
  for (let key = 0; key < 1_000; key++) expect(await node.entity(clerk, `k${key}`).ask('note', key)).toBe(1)
  const threads = new Set(Object.values(homes(node)))
  expect(threads.size).toBe(2)
  expect(node.entityKeeper.register).toMatchObject({ resident: 100 })
  expect(await node.auditAll()).toMatchObject({
    actors: 100,
    handled: 1_000,
    isBalanced: true,
    deadLetters: {},
  })
})

test('where none is idle tells are refused and offers wait, from any thread', async () => {
  await using node = await start()
  node.entities(clerk, { residentMax: 1 })
  const ada = node.entity(clerk, 'ada')
  const stopWatching = ada.watch(() => undefined)
  await node.settle()
  const bob = node.entity(clerk, 'bob')
  bob.tell('note', 1)
  await expect(bob.ask('count')).rejects.toMatchObject({ code: 'entities-full' })
  const taken: number[] = []
  const offers = [1, 2, 3].map(async (value) => {
    await bob.offer('note', value)
    taken.push(value)
  })
  await node.advance(500)
  expect(taken).toEqual([])
  expect(node.audit().deadLetters).toEqual({ 'entities-full': 2 })
  stopWatching()
  // Nothing has come for the one that was watched.
  ada.tell('note', 1)
  await node.advance(500)
  await Promise.all(offers)
  expect(
    diary.filter(({ key, what }) => key === 'bob' && what === 'noted').map(({ value }) => value),
  ).toEqual([1, 2, 3])
})

test('an offer that finds no room in its time is refused', async () => {
  await using node = await start()
  node.entities(clerk, { residentMax: 1 })
  node.entity(clerk, 'ada').watch(() => undefined)
  await node.settle()
  const late = node
    .entity(clerk, 'bob')
    .offer('note', 1, { timeoutMs: 300 })
    .catch((error: unknown) => error)
  await node.advance(400)
  expect(await late).toMatchObject({ code: 'entities-full' })
})

test('one that fails for good is not woken for a second, from any thread', async () => {
  await using node = await start()
  const ada = node.entity(clerk, 'ada')
  for (let times = 0; times < 4; times++) ada.tell('fail')
  await node.settle()
  await expect(ada.ask('count')).rejects.toMatchObject({ code: 'entity-cooling' })
  await node.advance(1_000)
  expect(await ada.ask('count')).toBe(0)
})

test('a node that stops wakes nobody any more', async () => {
  const node = await start()
  node.entity(clerk, 'ada').tell('note', 1)
  await node.settle()
  const stopped = node.stop()
  node.entity(clerk, 'bob').tell('note', 1)
  await node.advance(1_000)
  await stopped
  expect(diary.filter(({ key }) => key === 'bob')).toEqual([])
})
