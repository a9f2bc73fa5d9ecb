// Tests of the watch broker: each watcher hears once of an end, whoever moves or is lost.
import { describe, expect, test } from 'vitest'
import { WatchBroker } from '../../../node/threads/watch-broker.ts'
import { NEVER_EXISTED, STOPPED } from '../../../runtime/exit.ts'
import type { FarWatcher } from '../../../node/threads/watch-broker.ts'

const ada: FarWatcher = { path: 'ada' }
const bob: FarWatcher = { path: 'bob' }
const program: FarWatcher = { thread: 2, id: 1 }

function make(): { broker: WatchBroker; observed: string[]; told: unknown[][] } {
  const observed: string[] = []
  const told: unknown[][] = []
  const broker = new WatchBroker({
    observe: (path) => void observed.push(path),
    tell: (watcher, path, exit) => void told.push([watcher, path, exit.cause]),
  })
  return { broker, observed, told }
}

test('all who watch hear once, in the order in which they began, and the end is looked for once', () => {
  const { broker, observed, told } = make()
  for (const watcher of [ada, program, bob, ada, program]) broker.watch('target', watcher)
  expect([observed, broker.count]).toEqual([['target'], 3])
  broker.ended('target', STOPPED)
  broker.ended('target', NEVER_EXISTED)
  expect(told).toEqual([ada, program, bob].map((watcher) => [watcher, 'target', 'stopped']))
  expect(broker.count).toBe(0)
})

test('who watches again after an end hears of the next one', () => {
  const { broker, observed, told } = make()
  broker.watch('target', ada)
  broker.ended('target', STOPPED)
  broker.watch('target', ada)
  broker.ended('target', NEVER_EXISTED)
  expect(observed).toEqual(['target', 'target'])
  expect(told.map(([, , cause]) => cause)).toEqual(['stopped', NEVER_EXISTED.cause])
})

test('one who has ended already is told of while the watch begins', () => {
  const told: unknown[] = []
  const broker: WatchBroker = new WatchBroker({
    observe: (path) => broker.ended(path, NEVER_EXISTED),
    tell: (watcher) => void told.push(watcher),
  })
  broker.watch('target', ada)
  expect([told, broker.count]).toEqual([[ada], 0])
})

test('functions of one thread, and of two with the same number, are different watchers', () => {
  const { broker, told } = make()
  for (const watcher of [
    { thread: 1, id: 1 },
    { thread: 1, id: 2 },
    { thread: 2, id: 1 },
  ])
    broker.watch('target', watcher)
  broker.unwatch('target', { thread: 1, id: 1 })
  broker.ended('target', STOPPED)
  expect(told.map(([watcher]) => watcher)).toEqual([
    { thread: 1, id: 2 },
    { thread: 2, id: 1 },
  ])
})

test('who takes a watch back hears nothing, and others do', () => {
  const { broker, told } = make()
  broker.watch('target', ada)
  broker.watch('target', bob)
  broker.unwatch('target', ada)
  broker.unwatch('target', program)
  broker.unwatch('nobody', ada)
  broker.ended('target', STOPPED)
  expect(told).toEqual([[bob, 'target', 'stopped']])
})

describe('what is forgotten', () => {
  test('of a thread is what its functions watched, and not what its actors did', () => {
    const { broker, told } = make()
    broker.watch('one', program)
    broker.watch('two', program)
    broker.watch('two', ada)
    broker.forgetThread(2)
    expect(broker.count).toBe(1)
    broker.ended('one', STOPPED)
    broker.ended('two', STOPPED)
    expect(told).toEqual([[ada, 'two', 'stopped']])
  })

  test('of actors that are no more is what they watched, and nothing else', () => {
    const { broker, told } = make()
    for (const watcher of [ada, bob, program]) broker.watch('target', watcher)
    broker.forgetActors((path) => path === 'ada')
    broker.ended('target', STOPPED)
    expect(told.map(([watcher]) => watcher)).toEqual([bob, program])
  })
})

test('it knows who is watched', () => {
  const { broker } = make()
  for (const path of ['a', 'a/b', 'c']) broker.watch(path, ada)
  broker.unwatch('c', ada)
  expect(broker.watched(() => true)).toEqual(['a', 'a/b'])
  expect(broker.watched((path) => path.includes('/'))).toEqual(['a/b'])
})
