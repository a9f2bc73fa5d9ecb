// Tests of threads that die in the middle of a move: at each step, the source, the target or both.
import { describe, expect, test } from 'vitest'
import { refAt } from '../../../runtime/ref.ts'
import { startTestNode } from 'troupe/testing'
import { moveSteps } from '../../../node/threads/mover.ts'
import { dawdler, traveller } from './traveller.ts'
import type { Exit, Fault, Ref } from 'troupe'
import type { TestNode } from 'troupe/testing'
import type { MoveStep } from '../../../node/threads/mover.ts'

const load = [new URL('traveller.ts', import.meta.url).href]

type Victims = 'source' | 'target' | 'both'

/** Of a move from thread 1 to thread 2, with the actor's home at that moment as the node will find it. */
interface Outcome {
  readonly node: TestNode
  readonly count: number | undefined
  readonly replies: number
  readonly downs: readonly Exit[]
  readonly move: Fault | 'moved'
}

/** What lives in a thread, by the one path: those that could act. */
function homesOf(node: TestNode, path: string): number[] {
  const alive = node.threads.alive.map((id) => [id, node.residents.get(id)?.station.runtime] as const)
  return [[0, node.runtime] as const, ...alive]
    .filter(([, runtime]) => runtime?.cellAt(path) !== undefined)
    .map(([id]) => id)
}

async function run(step: MoveStep, whom: Victims, restart: 'permanent' | 'temporary'): Promise<Outcome> {
  const node = await startTestNode({
    threads: 2,
    load,
    failpoint: (thread, at, top) => {
      if (at !== step || top !== 'a') return
      const victims = whom === 'both' ? [1, 2] : whom === 'source' ? [1] : [2]
      for (const victim of victims) node.threads.kill(victim)
      // The code of a thread that has died goes no further; at `sent` it only waits, for what never comes.
      if (victims.includes(thread) && step !== 'sent') throw new Error('the thread has died')
    },
  })
  const a = await node.spawn(traveller, { name: 'a', restart, place: { thread: 1 } })
  const other = await node.spawn(traveller, { name: 'other', place: { thread: 0 } })
  for (let left = 3; left > 0; left--) a.tell('add', 1)
  await a.ask('count')
  const downs: Exit[] = []
  a.watch((exit) => downs.push(exit))
  let move: Fault | 'moved' = 'moved'
  const moved = node.move(a, { thread: 2 }).catch((fault: Fault) => (move = fault))
  const asks = [a, a, other].map((ref) =>
    ref.ask('count', undefined, { timeoutMs: 2_000 }).then(
      () => 1,
      () => 0,
    ),
  )
  await node.advance(5_000)
  await moved
  const replies = (await Promise.all(asks)).reduce<number>((sum, one) => sum + one, 0)
  expect(node.fleet?.resident.station.replies.count).toBe(0)
  expect(node.fleet?.resident.station.roads.held).toBe(0)
  const isThere = homesOf(node, 'a').length > 0
  const count = isThere ? await (refAt(node.runtime.host, 'a') as unknown as Ref).ask('count') : undefined
  return { node, count: count as number | undefined, replies, downs, move }
}

/** The state moves or stays, unless it was in the dead thread alone. */
function survives(step: MoveStep, whom: Victims): boolean {
  const isDecided = moveSteps.indexOf(step) >= moveSteps.indexOf('committed')
  if (whom === 'both') return false
  return isDecided ? whom === 'source' : whom === 'target'
}

describe.each(moveSteps.map((step) => [step] as const))('a thread dies at the step %s', (step) => {
  test.each(['source', 'target', 'both'] as const)(
    'as the %s of a permanent root: it lives once, with its state or anew, and all else goes on',
    async (whom) => {
      const { node, count, downs, replies } = await run(step, whom, 'permanent')
      expect(homesOf(node, 'a')).toHaveLength(1)
      expect(homesOf(node, 'a')).toEqual([node.fleet?.office.homes.get('a')?.thread])
      // The source had sent all when it died: then the target takes it in or is too late, and either is right.
      if ((step === 'sent' || step === 'restored') && whom === 'source') expect([0, 3]).toContain(count)
      else expect(count).toBe(survives(step, whom) ? 3 : 0)
      expect(replies).toBeGreaterThan(0)
      expect(downs).toEqual([])
      expect(await node.find('other')?.ask('count')).toBe(0)
      await node.move({ path: 'a' }, { thread: 0 })
      expect(homesOf(node, 'a')).toEqual([0])
      await node[Symbol.asyncDispose]()
    },
  )

  test.each(['source', 'target', 'both'] as const)(
    'as the %s of a temporary root: it lives on, or its watcher hears once that it was lost',
    async (whom) => {
      const { node, downs } = await run(step, whom, 'temporary')
      const homes = homesOf(node, 'a')
      expect(homes.length).toBeLessThanOrEqual(1)
      expect(downs.map(({ cause }) => cause)).toEqual(homes.length === 1 ? [] : ['node-lost'])
      if (survives(step, whom)) expect(homes).toHaveLength(1)
      expect(node.fleet?.office.watches).toBe(homes.length)
      await node[Symbol.asyncDispose]()
    },
  )
})

test('a root whose thread is lost before its start has ended is not started again: its spawn has failed', async () => {
  const node = await startTestNode({ threads: 1, load })
  const place = { thread: 1 }
  const spawned = node
    .spawn(dawdler, { name: 'a', restart: 'permanent', place })
    .catch((fault: Fault) => fault.code)
  await node.settle()
  expect(homesOf(node, 'a')).toHaveLength(1)
  node.killThread(1)
  await node.advance(1_000)
  expect(await spawned).toBe('thread-lost')
  expect(homesOf(node, 'a')).toEqual([])
  expect(node.find('a')).toBeUndefined()
  const next = await node.spawn(traveller, { name: 'a', place })
  expect(await next.ask('count')).toBe(0)
  await node[Symbol.asyncDispose]()
})
