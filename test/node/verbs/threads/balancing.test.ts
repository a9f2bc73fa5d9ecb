// Tests of spreading and rebalancing with real threads.
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { openRealDesk } from './real-desk.ts'
import type { Balanced } from '../../../../node/verbs/balancing.ts'

const hogs = fileURLToPath(new URL('hogs.ts', import.meta.url))

test('hogs that share a thread are spread, each move with its reason', async () => {
  await using desk = await openRealDesk(hogs)
  await desk.run('spawn hog h1 --place 1', 'spawn hog h2 --place 1', 'spawn hog h3 --place 1')
  const plan = (await desk.data('spread --over 400ms --dry-run')) as Balanced
  expect(plan.moves).toMatchObject([{ from: 1, to: 2, outcome: 'planned', pausedMs: null }])
  expect(await desk.data('ls')).toMatchObject({ actors: [{ thread: 1 }, { thread: 1 }, { thread: 1 }] })
  const done = (await desk.data('spread --over 400ms')) as Balanced
  const [moved] = done.moves
  expect(moved).toMatchObject({ from: 1, to: 2, outcome: 'moved', pausedMs: expect.any(Number) })
  expect(moved?.why).toMatch(/^thread 1 is \d+ % busy, thread 2 \d+ %; it takes \d+ %$/)
  expect(done.imbalanceAfter).toBeLessThan(done.imbalanceBefore)
  expect(await desk.data(`info ${moved?.path}`)).toMatchObject({ thread: 2 })
})

test('an actor is brought to the thread that sends it most', async () => {
  await using desk = await openRealDesk(hogs)
  await desk.run('spawn talker t1 --place 1', 'spawn talker t2 --place 2')
  desk.node.find('t1')?.tell('begin', desk.node.find('t2'))
  const { moves } = (await desk.data('rebalance --over 400ms')) as Balanced
  expect(moves).toMatchObject([{ path: 't2', from: 2, to: 1, outcome: 'moved' }])
  expect(moves[0]?.why).toMatch(/^it and those in thread 1 send each other \d+ messages\/s/)
  expect(await desk.data('info t2')).toMatchObject({ thread: 1 })
  // What has just moved stays.
  expect(await desk.data('rebalance --over 100ms')).toMatchObject({ moves: [] })
})

test('where there is nothing to win nothing moves', async () => {
  await using desk = await openRealDesk(hogs)
  await desk.run('spawn counter a --place 1', 'spawn counter b --place 2')
  expect(await desk.data('spread --over 100ms')).toMatchObject({ roots: 2, moves: [] })
})
