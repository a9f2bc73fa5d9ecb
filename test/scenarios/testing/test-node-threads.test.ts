// Tests of a test node with threads: all of them in one thread, on one clock, by one seed.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { traveller } from '../../node/threads/traveller.ts'
import type { Exit } from 'troupe'

const load = [new URL('../../node/threads/traveller.ts', import.meta.url).href]

test('roots in worker threads are reached without the time being moved', async () => {
  await using node = await startTestNode({ threads: 2, load })
  const refs = await Promise.all(
    [0, 1, 2].map((thread) => node.spawn(traveller, { name: `in-${thread}`, place: { thread } })),
  )
  for (const ref of refs) expect(await ref.ask('count')).toBe(0)
  expect(node.clock.now()).toBe(0)
})

test('frames on their way take the time that was asked for, also while the threads start', async () => {
  await using node = await startTestNode({ threads: 1, load, delayMs: () => 5 })
  const spawned = node.spawn(traveller, { name: 'far', place: { thread: 1 } })
  await node.advance(10)
  const far = await spawned
  const asked = far.ask('echo', 'back')
  const startMs = node.clock.now()
  let isBack = false
  const back = asked.then(() => {
    isBack = true
  })
  await node.advance(9)
  expect(isBack).toBe(false)
  await node.advance(1)
  await back
  expect(node.clock.now() - startMs).toBe(10)
})

test('the roots of a killed thread come back in the one that takes its slot, and its watchers hear nothing', async () => {
  await using node = await startTestNode({ threads: 1, load })
  const ref = await node.spawn(traveller, { name: 'a', restart: 'permanent', place: { thread: 1 } })
  ref.tell('add', 3)
  expect(await ref.ask('count')).toBe(3)
  const downs: Exit[] = []
  ref.watch((exit) => downs.push(exit))
  const [before] = node.threads.alive
  node.killThread(1)
  await node.settle()
  expect(node.threads.alive).not.toContain(before)
  expect(await ref.ask('count')).toBe(0)
  expect(downs).toEqual([])
})

test('a thread that is not there cannot be killed', async () => {
  await using node = await startTestNode({ threads: 1, load })
  expect(() => node.killThread(7)).toThrow('A thread was to be killed that the node does not have')
})

test('the end of a node adds up the books of all its threads', async () => {
  const node = await startTestNode({ threads: 1, load })
  const ref = await node.spawn(traveller, { name: 'a', place: { thread: 1 } })
  await ref.ask('count')
  const runtime = [...node.residents.values()].find(({ station }) => station.runtime.cellAt('a'))?.station
    .runtime
  const cell = runtime?.cellAt('a')
  if (cell !== undefined) cell.accepted++
  await expect(node[Symbol.asyncDispose]()).rejects.toMatchObject({ code: 'books-unbalanced' })
  if (cell !== undefined) cell.accepted--
  await node.stop()
})
