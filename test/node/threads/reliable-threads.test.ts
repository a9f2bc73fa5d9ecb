// Tests of reliable messages, keys and durable timers between threads: they go along wherever their actors go.
import { beforeEach, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { listener, teller, tried } from '../../runtime/durable/bank.ts'
import { clockwork } from '../../runtime/durable/clockwork.ts'
import type { TestNode } from 'troupe/testing'

const load = ['bank', 'clockwork'].map(
  (name) => new URL(`../../runtime/durable/${name}.ts`, import.meta.url).href,
)

beforeEach(() => tried.clear())

/** One in each thread. */
async function bank(node: TestNode) {
  const ada = await node.spawn(teller, { name: 'bank/ada', place: { thread: 1 } })
  const bob = await node.spawn(teller, { name: 'bank/bob', place: { thread: 2 } })
  return { ada, bob }
}

test('a letter crosses from one thread to another, and its receiver and sender may change places', async () => {
  await using node = await startTestNode({ threads: 2, load })
  const { ada, bob } = await bank(node)
  for (let round = 0; round < 6; round++) {
    await ada.ask('notify', { to: bob, ids: [`${round}a`, `${round}b`] })
    const moved = Promise.all([
      node.move(ada, { thread: (round + 2) % 3 }),
      node.move(bob, { thread: (round + 1) % 3 }),
    ])
    // Whoever moves waits until what it has sent has arrived.
    await node.advance(200)
    await moved
  }
  await node.advance(40_000)
  const all = [0, 1, 2, 3, 4, 5].flatMap((round) => [`+${round}a`, `+${round}b`])
  expect(await bob.ask('log')).toEqual(all)
  await node.advance(2_000)
  expect(await node.runtime.host.durability?.journal.wakes(Infinity, 10)).toEqual([])
})

test('the letters of a sender whose thread dies go on from where they were', async () => {
  await using node = await startTestNode({ threads: 2, load })
  const { ada, bob } = await bank(node)
  const ids = Array.from({ length: 200 }, (_, index) => `${index}`)
  await ada.ask('notify', { to: bob, ids })
  node.killThread(1)
  await node.advance(40_000)
  expect(await bob.ask('log')).toEqual(ids.map((id) => `+${id}`))
  expect([...tried.values()].every((count) => count === 1)).toBe(true)
})

test('what a receiver that forgets has handled moves with it', async () => {
  await using node = await startTestNode({ threads: 2, load })
  const { ada } = await bank(node)
  const ear = await node.spawn(listener, { name: 'ear', place: { thread: 2 } })
  await ada.ask('notify', { to: ear as never, ids: ['a', 'b'] })
  await node.settle()
  await node.move(ear, { thread: 0 })
  const inbox = node.runtime.cellAt('ear')?.rareIfAny?.inbox
  expect(inbox?.capture()).toEqual([['bank/ada', expect.any(String), 2]])
  await ada.ask('notify', { to: ear as never, ids: ['c'] })
  await node.advance(40_000)
  expect(await ear.ask('log')).toEqual(['a', 'b', 'c'])
})

test('a key is known wherever the actor is', async () => {
  await using node = await startTestNode({ threads: 2, load })
  const { ada, bob } = await bank(node)
  const order = { to: bob, id: 'a', amount: 5 }
  for (const thread of [2, 0, 1]) {
    await ada.ask('transfer', order, { idempotencyKey: 'order 7' })
    await node.move(ada, { thread })
  }
  await node.advance(2_000)
  expect(await ada.ask('balance')).toBe(95)
  expect(await bob.ask('balance')).toBe(105)
})

test('a durable timer runs on where its actor goes', async () => {
  await using node = await startTestNode({ threads: 2, load })
  const ref = await node.spawn(clockwork, { name: 'c', place: { thread: 1 } })
  await ref.ask('every', { ms: 1_000 })
  for (const thread of [2, 0, 1]) {
    await node.advance(1_500)
    await node.move(ref, { thread })
  }
  expect(await ref.ask('beats')).toHaveLength(4)
  node.killThread(1)
  await node.advance(1_500)
  expect(await ref.ask('beats')).toHaveLength(6)
})
