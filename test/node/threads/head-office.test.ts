// Tests of the head office: whoever watches somebody in another thread hears once how that one ended, whatever threads are lost.
import { expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { refAt } from '../../../runtime/ref.ts'
import { tenant } from './tenants.ts'
import type { Exit, Ref } from 'troupe'
import type { TestNode, TestNodeOptions } from 'troupe/testing'

const file = new URL('tenants.ts', import.meta.url).href

function start(options: TestNodeOptions = {}): Promise<TestNode> {
  return startTestNode({ threads: 2, load: [file], ...options })
}

/** The causes that a function of the main thread hears. */
function hearing(ref: Pick<Ref, 'watch'>): Exit['cause'][] {
  const heard: Exit['cause'][] = []
  ref.watch(({ cause }) => void heard.push(cause))
  return heard
}

test('an end is told to actors and functions in all threads, once each', async () => {
  await using node = await start()
  const target = await node.spawn(tenant, { name: 'target', restart: 'temporary', place: { thread: 1 } })
  const watchers = await Promise.all(
    [0, 1, 2].map((thread) => node.spawn(tenant, { name: `watcher-${thread}`, place: { thread } })),
  )
  const heard = [hearing(target), hearing(target)]
  for (const watcher of watchers) {
    watcher.tell('watch', target)
    watcher.tell('watch', target)
  }
  await node.settle()
  target.kill()
  await node.settle()
  for (const watcher of watchers)
    expect(await watcher.ask('notes')).toEqual([{ path: 'target', cause: 'killed' }])
  expect(heard).toEqual([['killed'], ['killed']])
})

test('who begins to watch too late is told how it ended, or that nobody was there', async () => {
  await using node = await start()
  const target = await node.spawn(tenant, { name: 'target', place: { thread: 1 } })
  await target.ask('notes')
  target.stop()
  await node.settle()
  const watcher = await node.spawn(tenant, { name: 'watcher', place: { thread: 2 } })
  watcher.tell('watch', target)
  const heard = hearing(target)
  await node.settle()
  expect(heard).toHaveLength(1)
  expect(await watcher.ask('notes')).toHaveLength(1)
})

test('who takes the watch back hears nothing', async () => {
  await using node = await start()
  const target = await node.spawn(tenant, { name: 'target', place: { thread: 1 } })
  const heard: unknown[] = []
  const takeBack = target.watch((exit) => void heard.push(exit))
  await node.settle()
  takeBack()
  target.stop()
  await node.settle()
  expect(heard).toEqual([])
})

test('who watches a child elsewhere hears of its end with its parent', async () => {
  await using node = await start()
  const parent = await node.spawn(tenant, { name: 'parent', place: { thread: 1 } })
  const watcher = await node.spawn(tenant, { name: 'watcher', place: { thread: 2 } })
  const child = await parent.ask('raise', 'child')
  watcher.tell('watch', child)
  await node.settle()
  await node.move(parent, { thread: 0 })
  parent.stop()
  await node.settle()
  expect(await watcher.ask('notes')).toMatchObject([{ path: 'parent/child' }])
})

test('a lost thread is the end of whoever does not come back, and of all children, and of nobody else', async () => {
  await using node = await start()
  const parent = await node.spawn(tenant, { name: 'parent', restart: 'transient', place: { thread: 1 } })
  const child = await parent.ask('raise', 'child')
  const gone = await node.spawn(tenant, { name: 'gone', restart: 'temporary', place: { thread: 1 } })
  const elsewhere = await node.spawn(tenant, { name: 'elsewhere', place: { thread: 2 } })
  const heard = [parent, child, gone, elsewhere].map((ref) => hearing(ref))
  await node.settle()
  node.killThread(1)
  await node.settle()
  expect(heard).toEqual([[], ['node-lost'], ['node-lost'], []])
  // It has come back, and is watched as before.
  expect(await parent.ask('notes')).toEqual([])
  parent.stop()
  await node.settle()
  expect(heard[0]).toEqual(['stopped'])
})

test('whoever watched out of a lost thread watches no more', async () => {
  await using node = await start()
  const target = await node.spawn(tenant, { name: 'target', place: { thread: 2 } })
  const watcher = await node.spawn(tenant, { name: 'watcher', restart: 'permanent', place: { thread: 1 } })
  watcher.tell('watch', target)
  await node.settle()
  node.killThread(1)
  await node.settle()
  target.stop()
  await node.settle()
  expect(await watcher.ask('notes')).toEqual([])
})

test('who watches below a root hears, although the thread that was to tell is lost while the root leaves it', async () => {
  let isSlow = false
  await using node: TestNode = await start({
    delayMs: () => (isSlow ? 50 : 1),
    failpoint: (_thread, step) => {
      // What its old thread has to tell takes longer than that thread lives; the root itself does not.
      if (step === 'quiesced') {
        isSlow = true
        void Promise.resolve().then(() => {
          isSlow = false
        })
      }
      if (step === 'committed') node.killThread(2)
    },
  })
  const spawned = node.spawn(tenant, { name: 'a', place: { thread: 2 } })
  await node.advance(10)
  const ref = await spawned
  const heard = hearing(refAt(node.runtime.host, 'a/nobody'))
  const moved = node.move(ref, { thread: 1 }).catch((fault: unknown) => Object(fault).code)
  await node.advance(200)
  expect([await moved, heard]).toEqual(['thread-lost', ['never-existed']])
  const notes = ref.ask('notes')
  await node.advance(10)
  expect(await notes).toEqual([])
  expect(node.fleet!.slotOf(node.fleet!.office.homes.get('a')!.thread)).toBe(1)
})
