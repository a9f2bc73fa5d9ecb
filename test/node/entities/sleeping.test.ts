// Tests of sleeping: who is put to sleep and when, what keeps one awake, and what a sleep looks like from outside.
import { beforeEach, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { clerk, diary, newDiary } from './clerk.ts'
import type { TestNode } from 'troupe/testing'
import type { Ref, RefOf } from 'troupe'
import type { EventKind } from '../../../runtime/event-log.ts'

beforeEach(() => void newDiary())

function isAwake(node: TestNode, key: string): boolean {
  return node.find(`clerk/${key}`) !== undefined
}

function followed(node: TestNode): EventKind[] {
  const kinds: EventKind[] = []
  node.runtime.host.events.follow(({ kind }) => kinds.push(kind))
  return kinds
}

test('an idle entity sleeps between its time and a quarter more, with its stopping hook, and without an end for anybody', async () => {
  await using node = await startTestNode()
  const kinds = followed(node)
  await node.entity(clerk, 'ada', { idleMs: 1_000 }).ask('note', 1)
  await node.advance(999)
  expect(isAwake(node, 'ada')).toBe(true)
  await node.advance(501)
  expect(isAwake(node, 'ada')).toBe(false)
  expect(diary.at(-1)).toEqual({ key: 'ada', what: 'stopping', value: 'stopped' })
  expect(kinds).toEqual(['activated', 'started', 'passivated'])
  expect(node.entityKeeper.register.get('clerk')).toMatchObject({
    resident: 0,
    tally: { activated: 1, passivated: 1, failed: 0 },
  })
  expect(node.audit()).toMatchObject({ isBalanced: true, actors: 0, deadLetters: {} })
})

test('each message puts the sleep off', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  for (let value = 1; value <= 10; value++) {
    expect(await ada.ask('note', value)).toBe(value)
    await node.advance(900)
  }
  expect(diary.filter(({ what }) => what === 'state')).toHaveLength(1)
})

test('without entities that are awake no timer runs', async () => {
  await using node = await startTestNode()
  node.entity(clerk, 'ada', { idleMs: 1_000 }).tell('note', 1)
  await node.advance(5_000)
  expect(node.runtime.host.timers.count).toBe(0)
})

type Clerk = RefOf<typeof clerk>

const reasons: readonly [string, (ada: Clerk, node: TestNode) => void, ((ada: Clerk) => void)?][] = [
  ['children', (ada) => ada.tell('hire'), (ada) => ada.tell('dismiss')],
  ['timers', (ada) => ada.tell('later', 60_000)],
  ['stash', (ada) => ada.tell('aside')],
  ['watched', (ada) => void ada.watch(() => undefined)],
  [
    'watching',
    (ada, node) => ada.tell('watch', node.entity(clerk, 'bob') as unknown as Ref),
    (ada) => ada.tell('unwatch', { path: 'clerk/bob' } as never),
  ],
  ['busy', (ada) => ada.tell('ponder', new Promise<void>(() => undefined))],
]

test.each(reasons)('one that has %s stays awake, and the reason is counted', async (reason, make) => {
  await using node = await startTestNode({ strict: false })
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  make(ada, node)
  await node.advance(10_000)
  expect(isAwake(node, 'ada')).toBe(true)
  const [ward] = node.entityKeeper.residents.wards()
  expect(ward?.kept.get(reason as never)).toBeGreaterThan(0)
  node.runtime.cellAt('clerk/ada')?.ref?.kill()
  ada.stop()
})

test('one that has dismissed its children sleeps', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  ada.tell('hire')
  await node.advance(3_000)
  ada.tell('dismiss')
  await node.advance(3_000)
  expect(isAwake(node, 'ada')).toBe(false)
})

test('a volatile entity forgets when it sleeps', async () => {
  await using node = await startTestNode()
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  expect(await ada.ask('note', 1)).toBe(1)
  await node.advance(2_000)
  expect(await ada.ask('count')).toBe(0)
})

test('what comes while the last life ends is handled by the next, in order', async () => {
  await using node = await startTestNode()
  let end: () => void = () => undefined
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  node.entityKeeper.residents.care = {
    isQuiet: () => true,
    beforeSleep: () => new Promise<void>((resolve) => (end = resolve)),
  }
  await ada.ask('note', 1)
  await node.advance(1_500)
  ada.tell('note', 2)
  ada.tell('note', 3)
  end()
  await node.settle()
  expect(await ada.ask('count')).toBe(3)
  await node.advance(1_500)
  end()
  await node.settle()
  expect(isAwake(node, 'ada')).toBe(false)
  expect(await ada.ask('note', 4)).toBe(1)
})

test('one that cannot be made safe stays awake', async () => {
  await using node = await startTestNode()
  node.entityKeeper.residents.care = {
    isQuiet: () => true,
    beforeSleep: () => Promise.reject(new Error('the disk is full')),
  }
  const ada = node.entity(clerk, 'ada', { idleMs: 1_000 })
  await ada.ask('note', 1)
  await node.advance(5_000)
  expect(await ada.ask('count')).toBe(1)
  const [ward] = node.entityKeeper.residents.wards()
  expect(ward?.kept.get('unsaved')).toBeGreaterThan(0)
})

test('a thousand entities that are idle at once are put to sleep in several turns, and all are', async () => {
  await using node = await startTestNode()
  node.entities(clerk, { idleMs: 1_000 })
  for (let key = 0; key < 5_000; key++) node.entity(clerk, `k${key}`).tell('note', key)
  await node.settle()
  expect(node.audit().actors).toBe(5_000)
  await node.advance(2_000)
  expect(node.audit()).toMatchObject({ actors: 0, handled: 5_000, isBalanced: true })
})
