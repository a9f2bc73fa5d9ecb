// Tests of the fleet: where roots are started, which moves are refused and what is left of those that fail.
import { describe, expect, test } from 'vitest'
import { defineActor, startNode } from 'troupe'
import { startTestNode } from 'troupe/testing'
import { arriveMsMax } from '../../../node/threads/mover.ts'
import { keeper, letGo, settler, slowStarter, stillborn, tenant, trapper } from './tenants.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { movesMax } from '../../../node/threads/decisions.ts'
import type { Fleet } from '../../../node/threads/fleet.ts'
import type { TestNode, TestNodeOptions } from 'troupe/testing'

const file = new URL('tenants.ts', import.meta.url).href

function start(options: TestNodeOptions = {}): Promise<TestNode> {
  return startTestNode({ threads: 2, load: [file], ...options })
}

function fleetOf(node: TestNode): Fleet {
  return node.fleet!
}

function homeOf(node: TestNode, path: string): number | undefined {
  const fleet = fleetOf(node)
  const entry = fleet.office.homes.get(path)
  return entry === undefined ? undefined : fleet.slotOf(entry.thread)
}

function code(expected: string): unknown {
  return expect.objectContaining({ code: expected })
}

describe('a spawn', () => {
  test('starts a root in the thread that was asked for, and its ref reaches it', async () => {
    await using node = await start()
    for (const thread of [0, 1, 2]) {
      const ref = await node.spawn(tenant, { name: `in-${thread}`, place: { thread } })
      ref.tell('note', thread)
      expect(await ref.ask('notes')).toEqual([thread])
      expect(homeOf(node, `in-${thread}`)).toBe(thread)
      expect(node.find(`in-${thread}`)?.path).toBe(`in-${thread}`)
    }
  })

  test('gives a name that is given once in all threads', async () => {
    await using node = await start()
    const refs = await Promise.all([0, 1, 2, 1, 0].map((thread) => node.spawn(tenant, { place: { thread } })))
    expect(new Set(refs.map(({ path }) => path)).size).toBe(5)
    for (const ref of refs) expect(await ref.ask('notes')).toEqual([])
  })

  test('is refused where the name is taken, in whatever thread, and is not when it is free again', async () => {
    await using node = await start()
    const ref = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
    for (const thread of [0, 1, 2])
      await expect(node.spawn(tenant, { name: 'a', place: { thread } })).rejects.toEqual(code('name-taken'))
    ref.stop()
    await node.settle()
    await node.spawn(tenant, { name: 'a', place: { thread: 2 } })
    expect(homeOf(node, 'a')).toBe(2)
  })

  test('that fails leaves nothing behind', async () => {
    await using node = await start()
    const wish = { name: 'a', place: { thread: 1 } } as const
    await expect(node.spawn(stillborn, wish)).rejects.toEqual(code('start-failed'))
    expect(node.find('a')).toBeUndefined()
    await node.spawn(tenant, wish)
  })

  test('of what the threads have not loaded stays in the main thread, and is refused elsewhere', async () => {
    await using node = await start()
    const own = defineActor('own', { on: { ping: () => 'pong' } })
    await node.spawn(own, 'own')
    expect(homeOf(node, 'own')).toBe(0)
    const elsewhere = node.spawn(own, { name: 'b', place: { thread: 1 } })
    await expect(elsewhere).rejects.toEqual(code('place-invalid'))
    // Of the same name, but another one.
    const other = defineActor('tenant', { on: {} })
    const mistaken = node.spawn(other, { name: 'c', place: { thread: 1 } })
    await expect(mistaken).rejects.toEqual(code('place-invalid'))
  })

  test('near somebody is where that one lives', async () => {
    await using node = await start()
    const near = await node.spawn(tenant, { name: 'a', place: { thread: 2 } })
    await node.spawn(tenant, { name: 'b', place: { near } })
    expect(homeOf(node, 'b')).toBe(2)
    const nobody = node.spawn(tenant, { name: 'c', place: { near: { path: 'nobody' } } })
    await expect(nobody).rejects.toEqual(code('actor-unknown'))
  })

  test('whose thread is lost before its start has ended is told so, and leaves nothing behind', async () => {
    await using node = await start()
    const spawned = node.spawn(slowStarter, { name: 'a', place: { thread: 1 } })
    await node.settle()
    node.killThread(1)
    await expect(spawned).rejects.toEqual(code('thread-lost'))
    await node.settle()
    expect(node.find('a')).toBeUndefined()
    await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
  })

  test('in a thread of its own ends that thread with it, which takes nothing along that was said', async () => {
    await using node = await start({ delayMs: (lane) => (lane === 'messages' ? 50 : 1) })
    const listener = await passing(node, node.spawn(tenant, { name: 'listener', place: { thread: 1 } }))
    const before = node.threads.alive
    for (const name of ['a', 'b', 'c']) {
      const ref = await passing(node, node.spawn(tenant, { name, place: 'dedicated' }))
      expect(await passing(node, ref.ask('leave', listener))).toBe('bye')
    }
    await node.advance(5_000)
    expect(await passing(node, listener.ask('notes'))).toEqual(['farewell', 'farewell', 'farewell'])
    expect(node.threads.alive).toEqual(before)
  })

  test('in a thread of its own starts one', async () => {
    await using node = await start()
    await node.spawn(tenant, { name: 'a', place: 'dedicated' })
    expect(homeOf(node, 'a')).toBe(3)
    const guest = node.spawn(tenant, { name: 'b', place: { thread: 3 } })
    await expect(guest).rejects.toEqual(code('place-invalid'))
  })
})

describe('a move', () => {
  test('takes a root along with its state, to each thread and back', async () => {
    await using node = await start()
    const ref = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
    for (const thread of [2, 0, 1, 0, 2, 1]) {
      ref.tell('note', thread)
      await node.move(ref, { thread })
      expect(homeOf(node, 'a')).toBe(thread)
    }
    expect(await ref.ask('notes')).toEqual([2, 0, 1, 0, 2, 1])
  })

  test('to where it lives is none', async () => {
    await using node = await start()
    const ref = await node.spawn(settler, { name: 'a', place: { thread: 1 } })
    await node.move(ref, { thread: 1 })
    expect(fleetOf(node).office.homes.get('a')?.epoch).toBe(1)
  })

  describe('is refused, and changes nothing,', () => {
    test('of nobody, of a child, of kin, and to a thread that there is not', async () => {
      await using node = await start()
      const a = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
      await node.spawn(tenant, { name: 'b', place: { thread: 1 } })
      await node.spawn(tenant, { name: 'b/c', place: { thread: 1 } })
      const move = (path: string, thread: number): Promise<void> => node.move({ path }, { thread })
      await expect(move('nobody', 2)).rejects.toEqual(code('actor-unknown'))
      await expect(move('a/child', 2)).rejects.toEqual(code('move-refused'))
      await expect(move('b', 2)).rejects.toEqual(code('move-refused'))
      await expect(move('b/c', 2)).rejects.toEqual(code('move-refused'))
      for (const thread of [3, -1, 1.5, Number.NaN])
        await expect(move('a', thread)).rejects.toEqual(code('thread-unknown'))
      expect(homeOf(node, 'a')).toBe(1)
      expect(await a.ask('notes')).toEqual([])
    })

    test('where its definition is not loaded', async () => {
      await using node = await start()
      const own = await node.spawn(defineActor('own', { on: { ping: () => 'pong' } }), 'own')
      await expect(node.move(own, { thread: 1 })).rejects.toEqual(code('move-refused'))
      expect(await own.ask('ping')).toBe('pong')
    })

    test('where the definition says so, or the state is no data', async () => {
      await using node = await start()
      const still = await node.spawn(settler, { name: 'still', place: { thread: 1 } })
      const closed = await node.spawn(keeper, { name: 'closed', place: { thread: 1 } })
      await expect(node.move(still, { thread: 2 })).rejects.toEqual(code('move-refused'))
      await expect(node.move(closed, { thread: 2 })).rejects.toMatchObject({
        code: 'state-unmovable',
        message: expect.stringContaining('open'),
      })
      expect([await still.ask('ping'), await closed.ask('ping')]).toEqual(['pong', 'pong'])
      expect([homeOf(node, 'still'), homeOf(node, 'closed')]).toEqual([1, 1])
    })

    test('to the thread that another one has for itself', async () => {
      await using node = await start()
      const ref = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
      const alone = await node.spawn(tenant, { name: 'alone', place: 'dedicated' })
      await expect(node.move(ref, { thread: 3 })).rejects.toEqual(code('move-refused'))
      await node.move(alone, { thread: 3 })
      await node.move(alone, { thread: 2 })
      await expect(node.move(ref, { thread: 3 })).rejects.toEqual(code('thread-unknown'))
      expect([homeOf(node, 'a'), homeOf(node, 'alone')]).toEqual([1, 2])
    })

    test('where the state throws when it is looked at', async () => {
      await using node = await start()
      const ref = await node.spawn(trapper, { name: 'a', place: { thread: 1 } })
      await expect(node.move(ref, { thread: 2 })).rejects.toEqual(code('state-unmovable'))
      expect(await ref.ask('ping')).toBe('pong')
      await expect(node.move(ref, { thread: 0 })).rejects.toEqual(code('state-unmovable'))
      expect([await ref.ask('ping'), homeOf(node, 'a')]).toEqual(['pong', 1])
    })

    test('while it moves already', async () => {
      await using node = await start()
      const ref = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
      const first = node.move(ref, { thread: 2 })
      await expect(node.move(ref, { thread: 0 })).rejects.toEqual(code('move-refused'))
      await first
      expect(homeOf(node, 'a')).toBe(2)
    })

    test('while it starts', async () => {
      await using node = await start()
      const spawned = node.spawn(slowStarter, { name: 'a', place: { thread: 1 } })
      const moved = node.move({ path: 'a' }, { thread: 2 })
      await expect(moved).rejects.toEqual(code('move-refused'))
      node.killThread(1)
      await expect(spawned).rejects.toEqual(code('thread-lost'))
    })

    test('while as many are under way as may be', async () => {
      await using node = await start()
      const ref = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
      const { decisions } = fleetOf(node).office
      const others = Array.from({ length: movesMax }, () => decisions.begin()!)
      await expect(node.move(ref, { thread: 2 })).rejects.toEqual(code('moves-full'))
      decisions.end(others[0]!)
      await node.move(ref, { thread: 2 })
      expect(homeOf(node, 'a')).toBe(2)
    })

    test('where a handler does not end in time; its mail comes after', async () => {
      await using node = await start()
      const ref = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
      ref.tell('hold', 'busy')
      ref.tell('note', 1)
      await node.settle()
      const moved = node.move(ref, { thread: 2, deadlineMs: 100 })
      await expect(passing(node, moved)).rejects.toEqual(code('move-busy'))
      letGo('busy')
      expect(await ref.ask('notes')).toEqual([1])
      expect(homeOf(node, 'a')).toBe(1)
      await node.move(ref, { thread: 2 })
      expect(homeOf(node, 'a')).toBe(2)
    })

    test('in a node without threads', async () => {
      await using node = await startTestNode()
      const ref = await node.spawn(tenant, 'a')
      await expect(node.move(ref, { thread: 0 })).rejects.toEqual(code('thread-unknown'))
    })
  })

  test('in which something is thrown is given up, and the actor goes on with all its mail', async () => {
    await using node = await start({
      failpoint: (_thread, step) => {
        if (step === 'sent') throw new Error('no luck')
      },
    })
    const ref = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
    const moved = node.move(ref, { thread: 2 })
    ref.tell('note', 1)
    await expect(moved).rejects.toMatchObject({
      code: 'move-failed',
      cause: expect.objectContaining({ message: expect.stringContaining('no luck') }),
    })
    expect(await ref.ask('notes')).toEqual([1])
    expect(homeOf(node, 'a')).toBe(1)
  })

  test('that was given up before its target was there is none', async () => {
    await using node: TestNode = await start({
      failpoint: (_thread, step, top) => {
        const { office } = fleetOf(node)
        if (step === 'restored') office.decisions.abort(office.homes.get(top)!.move!)
      },
    })
    const ref = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
    ref.tell('note', 1)
    await expect(node.move(ref, { thread: 2 })).rejects.toEqual(code('move-given-up'))
    ref.tell('note', 2)
    expect(await ref.ask('notes')).toEqual([1, 2])
    expect(homeOf(node, 'a')).toBe(1)
    await node.settle()
    expect(node.residents.get(2)?.station.runtime.cellAt('a')).toBeUndefined()
  })

  test('whose target is silent for too long is given up', async () => {
    await using node = await start({ threadStallMs: 86_400_000 })
    const ref = await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
    node.threads.freeze(2)
    const moved = node.move(ref, { thread: 2 })
    await expect(passing(node, moved)).rejects.toEqual(code('thread-silent'))
    expect(node.clock.now()).toBeLessThanOrEqual(arriveMsMax + 1)
    node.threads.thaw(2)
    ref.tell('note', 1)
    expect(await ref.ask('notes')).toEqual([1])
    expect(homeOf(node, 'a')).toBe(1)
  })

  test('is not noticed by who watches, before and after, and the end is told once', async () => {
    await using node = await start()
    const target = await node.spawn(tenant, { name: 'target', place: { thread: 1 } })
    const watcher = await node.spawn(tenant, { name: 'watcher', place: { thread: 2 } })
    const heard: string[] = []
    target.watch(({ cause }) => void heard.push(cause))
    watcher.tell('watch', target)
    await node.settle()
    await node.move(target, { thread: 2 })
    await node.move(watcher, { thread: 0 })
    await node.move(target, { thread: 0 })
    await node.move(watcher, { thread: 1 })
    await node.settle()
    expect(heard).toEqual([])
    target.stop()
    await node.settle()
    expect(heard).toEqual(['stopped'])
    expect(await watcher.ask('notes')).toEqual([{ path: 'target', cause: 'stopped' }])
  })
})

describe('the order of one sender', () => {
  test.each([1, 2, 3, 4, 5, 6])('holds while it moves itself (%i)', async (seed) => {
    const random = seededRandom(seed)
    await using node = await start({ delayMs: () => random.integer(30), seed })
    const receiver = await passing(node, node.spawn(tenant, { name: 'receiver', place: { thread: 1 } }))
    const sender = await passing(node, node.spawn(tenant, { name: 'sender', place: { thread: 2 } }))
    let sent = 0
    for (const thread of [1, 0, 2, 0, 1, 2]) {
      sender.tell('tellOn', { to: receiver, count: 20 })
      sent += 20
      await passing(node, node.move(sender, { thread }))
    }
    await node.advance(500)
    expect(await passing(node, receiver.ask('notes'))).toEqual(
      Array.from({ length: sent }, (_, index) => index % 20),
    )
  })

  test.each([
    ['to where the receiver lives', 1],
    ['to where neither has been', 0],
  ])('holds when it overtakes its own messages on its way %s', async (_, thread) => {
    await using node = await start({ delayMs: (lane) => (lane === 'messages' ? 100 : 1) })
    const receiver = await passing(node, node.spawn(tenant, { name: 'receiver', place: { thread: 1 } }))
    const sender = await passing(node, node.spawn(tenant, { name: 'sender', place: { thread: 2 } }))
    sender.tell('note', 'road')
    await node.advance(200)
    sender.tell('tellTwice', { to: receiver, afterMs: 30 })
    await node.advance(105)
    await passing(node, node.move(sender, { thread }))
    await node.advance(500)
    expect(await passing(node, receiver.ask('notes'))).toEqual(['first', 'last'])
  })

  test('holds while the receiver moves to and fro, and frames take their time', async () => {
    let delays = 7
    const delayMs = (): number => {
      delays = (delays * 73 + 11) % 101
      return delays % 13
    }
    await using node = await start({ delayMs, seed: 3 })
    const receiver = await passing(node, node.spawn(tenant, { name: 'receiver', place: { thread: 1 } }))
    const sender = await passing(node, node.spawn(tenant, { name: 'sender', place: { thread: 2 } }))
    let sent = 0
    for (const thread of [2, 0, 1, 2, 1, 0]) {
      sender.tell('tellOn', { to: receiver, count: 20 })
      sent += 20
      const moved = node.move(receiver, { thread })
      sender.tell('tellOn', { to: receiver, count: 20 })
      sent += 20
      await passing(node, moved)
    }
    await node.advance(500)
    const notes = await passing(node, receiver.ask('notes'))
    const expected = Array.from({ length: sent }, (_, index) => index % 20)
    expect(notes).toEqual(expected)
  })
})

/** Moves the time on until that is there, and no further than it must. */
async function passing<T>(node: TestNode, promise: Promise<T>): Promise<T> {
  let isOver = false
  const over = (): void => {
    isOver = true
  }
  promise.then(over, over)
  for (let steps = 0; !isOver && steps < 20_000; steps++) await node.advance(1)
  return await promise
}

describe('a node', () => {
  test.each([64, -1, 1.5, Number.NaN])('with %s threads does not start', async (threads) => {
    await expect(startTestNode({ threads })).rejects.toEqual(code('threads-invalid'))
    await expect(startNode({ threads })).rejects.toEqual(code('threads-invalid'))
  })

  test('ends although a thread of it is blocked, once that counts as stalled', async () => {
    await using node = await start()
    await node.spawn(tenant, { name: 'a', place: { thread: 1 } })
    await node.advance(1_000)
    node.threads.freeze(1)
    let hasEnded = false
    const end = node.stop().then(() => {
      hasEnded = true
    })
    await node.advance(5_000)
    expect(hasEnded).toBe(true)
    await end
    expect(node.threads.alive).toEqual([])
  })

  test.each([99, 86_400_001, Number.NaN, Infinity])(
    'that gives its threads %s ms does not start',
    async (threadStallMs) => {
      await expect(start({ threadStallMs })).rejects.toEqual(code('threads-invalid'))
    },
  )

  test('with as many threads as it likes has one less than there are cores', async () => {
    await using node = await start({ threads: 'auto' })
    expect(fleetOf(node).crew.serving).toHaveLength(node.threads.cores - 1)
  })

  test('finds a root in whatever thread, and whoever may live below it', async () => {
    await using node = await start()
    await node.spawn(tenant, { name: 'a/b', place: { thread: 1 } })
    expect(['a/b', 'a/b/c', 'a', 'a/bc'].map((path) => node.find(path)?.path)).toEqual([
      'a/b',
      'a/b/c',
      undefined,
      undefined,
    ])
  })

  test('asks no thread for what it does not know', async () => {
    await using node = await start()
    const dance = 'dance' as 'ping'
    for (const id of [0, 1])
      await expect(fleetOf(node).call(id, dance, null)).rejects.toEqual(code('call-unknown'))
  })
})
