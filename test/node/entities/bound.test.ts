// Tests of the bound: how many entities are awake at most, who makes room, and what happens where nobody can.
import { beforeEach, expect, test } from 'vitest'
import { defineActor } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { clerk, diary, newDiary } from './clerk.ts'

beforeEach(() => void newDiary())

const gate = { open: (): void => undefined, opened: Promise.resolve() }

/** Closes the gate that holds up all porters. */
function closeGate(): void {
  const { promise, resolve } = Promise.withResolvers<void>()
  gate.open = resolve
  gate.opened = promise
}

const porter = defineActor('porter', { on: { hold: () => gate.opened } })

test('thousands of keys are served with a hundred awake, the longest unused making room', async () => {
  await using node = await startTestNode()
  node.entities(clerk, { residentMax: 100 })
  let most = 0
  for (let round = 0; round < 2; round++) {
    for (let key = 0; key < 3_000; key++) {
      expect(await node.entity(clerk, `k${key}`).ask('note', key)).toBe(1)
      most = Math.max(most, node.audit().actors)
    }
  }
  expect(most).toBe(100)
  expect(node.entityKeeper.register.get('clerk')).toMatchObject({
    resident: 100,
    tally: { activated: 6_000, passivated: 5_900, evicted: 5_900, refusedFull: 0 },
  })
  expect(node.audit()).toMatchObject({ handled: 6_000, isBalanced: true, deadLetters: {} })
})

test('who was used last is not the first to go', async () => {
  await using node = await startTestNode()
  node.entities(clerk, { residentMax: 2, idleMs: 10_000 })
  for (const key of ['ada', 'bob']) await node.entity(clerk, key).ask('note', 1)
  await node.advance(2_500)
  await node.entity(clerk, 'ada').ask('note', 2)
  await node.entity(clerk, 'cid').ask('note', 1)
  expect(await node.entity(clerk, 'ada').ask('count')).toBe(2)
  expect(diary.filter(({ key, what }) => key === 'bob' && what === 'stopping')).toHaveLength(1)
})

test('one for whom mail waits does not make room, and knows what it knew when it handles that', async () => {
  await using node = await startTestNode()
  node.entities(clerk, { residentMax: 1 })
  const ada = node.entity(clerk, 'ada')
  await ada.ask('note', 1)
  ada.tell('note', 2)
  node.entity(clerk, 'bob').tell('note', 1)
  expect(await ada.ask('count')).toBe(2)
  expect(node.audit().deadLetters).toEqual({ 'entities-full': 1 })
})

test('the bound of the node counts all definitions', async () => {
  await using node = await startTestNode({ residentMax: 3 })
  const other = defineActor('other', { on: { hello: () => 'hello' } })
  for (const key of ['a', 'b', 'c']) await node.entity(clerk, key).ask('count')
  expect(await node.entity(other, 'a').ask('hello')).toBe('hello')
  expect(node.entityKeeper.register.resident).toBe(3)
  expect(node.find('clerk/a')).toBeUndefined()
})

test('where none is idle a tell is a dead letter, an ask ends with entities-full, and an offer waits', async () => {
  await using node = await startTestNode()
  closeGate()
  node.entities(porter, { residentMax: 2 })
  for (const key of ['a', 'b']) node.entity(porter, key).tell('hold')
  node.entity(porter, 'c').tell('hold')
  await expect(node.entity(porter, 'd').ask('hold')).rejects.toMatchObject({ code: 'entities-full' })
  const taken: string[] = []
  const offers = ['e', 'e', 'f'].map(async (key, index) => {
    await node.entity(porter, key).offer('hold')
    taken.push(`${key}${index}`)
  })
  await node.advance(1_000)
  expect(taken).toEqual([])
  expect(node.audit().deadLetters).toEqual({ 'entities-full': 2 })
  gate.open()
  await node.advance(100)
  await Promise.all(offers)
  expect(taken).toEqual(['e0', 'e1', 'f2'])
  expect(node.entityKeeper.register.get('porter')?.tally.refusedFull).toBe(2)
})

test('an offer that finds no room in its time ends with entities-full, and nothing of it stays', async () => {
  await using node = await startTestNode()
  closeGate()
  node.entities(porter, { residentMax: 1 })
  node.entity(porter, 'a').tell('hold')
  const late = node.entity(porter, 'b').offer('hold', undefined, { timeoutMs: 500 })
  const ended = late.catch((error: unknown) => error)
  await node.advance(500)
  expect(await ended).toMatchObject({ code: 'entities-full' })
  expect(node.entityKeeper.waiting.count).toBe(0)
  gate.open()
})

test('those that are made safe before they sleep do not count, so that a full node goes on', async () => {
  await using node = await startTestNode()
  node.entityKeeper.residents.care = { isQuiet: () => true, beforeSleep: () => Promise.resolve() }
  node.entities(clerk, { residentMax: 10 })
  for (let key = 0; key < 500; key++) expect(await node.entity(clerk, `k${key}`).ask('note', 1)).toBe(1)
  await node.settle()
  expect(node.audit()).toMatchObject({ actors: 10, isBalanced: true })
})

test('offers that wait for room when the node stops are refused', async () => {
  const node = await startTestNode()
  closeGate()
  node.entities(porter, { residentMax: 1 })
  node.entity(porter, 'a').tell('hold')
  const offers = ['b', 'c'].map((key) =>
    node
      .entity(porter, key)
      .offer('hold')
      .catch((error: unknown) => error),
  )
  await node.settle()
  gate.open()
  await node.stop()
  expect(await Promise.all(offers)).toEqual([
    expect.objectContaining({ code: 'actor-stopped' }),
    expect.objectContaining({ code: 'actor-stopped' }),
  ])
})

test('an offer that waits goes before one that comes when its entity is awake', async () => {
  await using node = await startTestNode({ strict: false })
  node.entities(clerk, { residentMax: 1 })
  const stopWatching = node.entity(clerk, 'ada').watch(() => undefined)
  const bob = node.entity(clerk, 'bob')
  const first = bob.offer('note', 1)
  await node.settle()
  stopWatching()
  node.entity(clerk, 'ada').tell('note', 0)
  await node.settle()
  bob.tell('note', 2)
  await Promise.all([first, bob.offer('note', 3)])
  await node.settle()
  const values = diary.flatMap(({ key, value }) =>
    key === 'bob' && typeof value === 'number' ? [value] : [],
  )
  expect(values).toEqual([1, 2, 3])
})
