// Tests of quiescence: who is waited for, who goes on meanwhile, and what happens when the time is up.
import { afterEach, describe, expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { paused, restless } from '../../../runtime/cell-flags.ts'
import { quiesce, subtree } from '../../../runtime/quiesce.ts'
import { Carrier } from './carrier.ts'
import type { Ref, Self } from 'troupe'
import type { Cell } from '../../../runtime/cell.ts'

let carrier = new Carrier()
afterEach(async () => {
  const { host } = carrier.a.runtime
  expect(host.pauses).toBe(undefined)
  carrier.books()
  await carrier.stop()
  carrier = new Carrier()
})

const gates = new Map<string, PromiseWithResolvers<void>>()

function gate(name: string): PromiseWithResolvers<void> {
  const made = gates.get(name) ?? Promise.withResolvers<void>()
  gates.set(name, made)
  return made
}

function open(name: string): void {
  gate(name).resolve()
  gates.delete(name)
}

interface Log {
  readonly done: string[]
}

const worker = defineActor('worker', {
  state: (): Log => ({ done: [] }),
  on: {
    work: (self: Self<Log>, what: string) => void self.state.done.push(what),
    async wait(self: Self<Log>, what: string) {
      await gate(what).promise
      self.state.done.push(what)
    },
    spawn: (self, name: string): unknown => self.spawn(worker, name),
    async start(self, name: string): Promise<void> {
      await gate(name).promise
      self.spawn(worker, name)
      await gate('spawned').promise
    },
    async askChild(self: Self<Log>, name: string): Promise<void> {
      await gate('ask').promise
      const child = self.children.find(({ path }) => path.endsWith(name))
      self.state.done.push(`${await child?.ask('hello')}`)
    },
    async askDirectly(self: Self<Log>): Promise<void> {
      self.state.done.push(`${await self.children[0]?.ask('hello')}`)
    },
    async askThrough(self: Self<Log>, friend: Ref): Promise<void> {
      await gate('ask').promise
      self.state.done.push(`${await friend.ask('pass', self.children[0])}`)
    },
    pass: (_self, to: Ref) => to.ask('hello'),
    async hello(self: Self<Log>): Promise<string> {
      await Promise.resolve()
      return `hello from ${self.path}`
    },
    async endChild(self: Self<Log>): Promise<void> {
      await gate('end').promise
      const [child] = self.children
      if (child === undefined) return
      self.stop(child)
      await gate('ended').promise
    },
    crash() {
      throw new Error('crashed')
    },
    done: (self: Self<Log>) => self.state.done,
  },
  stopping: async (self) => {
    if (self.path.endsWith('slow')) await gate('stopping').promise
  },
})

function quiet(path: string, deadlineMs = 1_000): { heard: unknown[]; giveUp: () => void; cells: Cell[] } {
  const heard: unknown[] = []
  const root = carrier.cell(path)
  const cells = subtree(root)
  const giveUp = quiesce(root, { deadlineMs }, (result) => heard.push(result))
  return { heard, giveUp, cells }
}

async function family(...children: string[]): Promise<Ref> {
  const ref = await carrier.spawn(worker, 'p')
  for (const name of children) await ref.ask('spawn', name)
  await carrier.clock.settle()
  return ref
}

describe('who is at rest', () => {
  test('is still at once, and its mail waits until somebody gives up', async () => {
    const ref = await family('x')
    const { heard, giveUp } = quiet('p')
    expect(heard).toEqual(['still'])
    ref.tell('work', 'later')
    await carrier.clock.settle()
    expect(carrier.cell('p').waiting).toBe(1)
    giveUp()
    expect(await ref.ask('done')).toEqual(['later'])
  })

  test('with mail that waits is still as well: nothing of it is handled', async () => {
    const ref = await family('x')
    ref.tell('work', 'one')
    carrier.a.runtime.find('p/x')?.tell('work', 'two')
    const { heard, giveUp } = quiet('p')
    expect([heard, carrier.books().waiting]).toEqual([['still'], 2])
    giveUp()
  })

  test('is not still within a handler, and is as soon as that has ended', async () => {
    const heard: unknown[] = []
    const asking = defineActor('asking', {
      on: {
        go(self) {
          quiesce(carrier.cell(self.path), { deadlineMs: 10 }, (result) => heard.push(result))
          heard.push('handled')
        },
        next: () => heard.push('next'),
      },
    })
    const ref = await carrier.spawn(asking, 'p')
    for (const name of ['go', 'next']) ref.tell(name)
    await carrier.clock.settle()
    expect(heard).toEqual(['handled', 'still'])
    await carrier.clock.advance(20)
    expect(heard).toEqual(['handled', 'still'])
    carrier.abort(carrier.leaveNow(carrier.cell('p'), carrier.a))
    await carrier.clock.settle()
    expect(heard).toEqual(['handled', 'still', 'next'])
  })
})

describe('who is at work', () => {
  test('is waited for; the others take no turn meanwhile', async () => {
    const ref = await family('x', 'y')
    carrier.a.runtime.find('p/x')?.tell('wait', 'w')
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    ref.tell('work', 'root')
    carrier.a.runtime.find('p/x')?.tell('work', 'next')
    await carrier.clock.settle()
    expect([heard, carrier.books().waiting]).toEqual([[], 2])
    open('w')
    await carrier.clock.settle()
    expect([heard, carrier.books().waiting]).toEqual([['still'], 2])
    giveUp()
    expect(await ref.ask('done')).toEqual(['root'])
    expect(carrier.cell('p/x').state).toEqual({ done: ['w', 'next'] })
  })

  test('gets an answer of a child that it asks after the pause', async () => {
    const ref = await family('x')
    ref.tell('askChild', 'x')
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    open('ask')
    await carrier.clock.settle()
    expect(heard).toEqual(['still'])
    expect(subtree(carrier.cell('p')).every(({ flags }) => (flags & (paused | restless)) === paused)).toBe(
      true,
    )
    giveUp()
    expect(await ref.ask('done')).toEqual(['hello from p/x'])
  })

  test('gets an answer of a child that it asked before the pause, and that was busy', async () => {
    const ref = await family('x')
    carrier.a.runtime.find('p/x')?.tell('wait', 'w')
    ref.tell('askDirectly')
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    open('w')
    await carrier.clock.settle()
    expect(heard).toEqual(['still'])
    giveUp()
    expect(await ref.ask('done')).toEqual(['hello from p/x'])
  })

  test('gets an answer that comes through somebody outside', async () => {
    const ref = await family('x')
    const friend = await carrier.spawn(worker, 'friend')
    ref.tell('askThrough', friend)
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    open('ask')
    await carrier.clock.settle()
    expect(heard).toEqual(['still'])
    giveUp()
    expect(await ref.ask('done')).toEqual(['hello from p/x'])
  })

  test('may spawn children, which hold still as well', async () => {
    const ref = await family()
    ref.tell('start', 'new')
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    open('new')
    await carrier.clock.settle()
    carrier.a.runtime.find('p/new')?.tell('work', 'outside')
    await carrier.clock.settle()
    expect([heard, carrier.cell('p/new').state]).toEqual([[], { done: [] }])
    open('spawned')
    await carrier.clock.settle()
    expect(heard).toEqual(['still'])
    giveUp()
    expect(await carrier.a.runtime.find('p/new')?.ask('done')).toEqual(['outside'])
  })

  test('may end a child, whose mail and hook are waited for', async () => {
    const ref = await family('slow')
    ref.tell('endChild')
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    carrier.a.runtime.find('p/slow')?.tell('work', 'last')
    open('end')
    await carrier.clock.settle()
    open('ended')
    await carrier.clock.settle()
    expect(heard).toEqual([])
    open('stopping')
    await carrier.clock.settle()
    expect([heard, carrier.cell('p').childCount]).toEqual([['still'], 0])
    expect(carrier.books()).toMatchObject({ dead: 0 })
    giveUp()
  })

  test('may fail and be begun again', async () => {
    await family('x')
    const ref = carrier.a.runtime.find('p/x')
    ref?.tell('wait', 'w')
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    gate('w').reject(new Error('no'))
    gates.delete('w')
    await carrier.clock.settle()
    expect([heard, carrier.cell('p/x').rare.restarts]).toEqual([['still'], 1])
    giveUp()
  })

  test('may have failed to start, and is tried again first', async () => {
    let starts = 0
    const unlucky = defineActor('unlucky', {
      on: {
        crash() {
          throw new Error('crashed')
        },
      },
      started() {
        if (++starts === 2) throw new Error('not now')
      },
    })
    const ref = await carrier.spawn(unlucky, 'p')
    ref.tell('crash')
    const cell = carrier.cell('p')
    for (let i = 0; i < 50 && cell.rareIfAny?.nextStart === undefined; i++) await Promise.resolve()
    expect(cell.rareIfAny?.nextStart?.heapIndex).toBe(-1)
    const { heard, giveUp } = quiet('p')
    expect(heard).toEqual([])
    await carrier.clock.settle()
    expect([heard, starts]).toEqual([['still'], 3])
    giveUp()
  })

  test('may fail to start, and waits for its next try', async () => {
    const late = defineActor('late', { on: {}, started: () => gate('late').promise })
    await family('x')
    carrier.cell('p').self?.spawn(late, { name: 'late', backoff: { minMs: 100 } })
    const { heard, giveUp } = quiet('p')
    gate('late').reject(new Error('not now'))
    gates.delete('late')
    await carrier.clock.settle()
    expect([heard, carrier.cell('p/late').self]).toEqual([['still'], undefined])
    giveUp()
  })

  test('may have to be stopped by the code that runs, which comes first', async () => {
    await family('x')
    const parent = carrier.cell('p')
    parent.self?.spawn(worker, { name: 'late', restart: 'transient', backoff: { minMs: 100 } })
    carrier.a.runtime.find('p/late')?.tell('crash')
    await carrier.clock.settle()
    const heard: unknown[] = []
    const outside = defineActor('outside', {
      on: {
        go() {
          quiesce(parent, { deadlineMs: 10 }, (result) => heard.push(result, parent.childCount))
          carrier.a.runtime.find('p/late')?.stop()
        },
      },
    })
    const ref = await carrier.spawn(outside, 'o')
    await ref.ask('go')
    await carrier.clock.settle()
    expect(heard).toEqual(['still', 1])
    carrier.abort(carrier.leaveNow(parent, carrier.a))
  })

  test('may be a child that is killed', async () => {
    await family('x')
    carrier.a.runtime.find('p/x')?.tell('wait', 'w')
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    carrier.a.operator.killForGood(carrier.cell('p/x'))
    await carrier.clock.settle()
    expect([heard, carrier.cell('p').childCount]).toEqual([['still'], 0])
    giveUp()
    open('w')
  })

  test('may halt with its group, which then pauses', async () => {
    const member = defineActor('member', {
      on: {
        crash() {
          throw new Error('crashed')
        },
      },
      stopping: () => gate('halt').promise,
    })
    const parent = defineActor('parent', {
      supervision: { strategy: 'one-for-all' },
      on: {},
      started: (self) => {
        for (const name of ['x', 'y'])
          self.spawn(member, { name, backoff: { minMs: 100 }, shutdownMs: 60_000 })
      },
    })
    await carrier.spawn(parent, 'p')
    carrier.a.runtime.find('p/x')?.tell('crash')
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    for (const _ of ['x', 'y']) {
      expect(heard).toEqual([])
      open('halt')
      await carrier.clock.settle()
    }
    expect([heard, carrier.cell('p/y').self]).toEqual([['still'], undefined])
    giveUp()
    await carrier.clock.advance(200)
    expect(carrier.cell('p/y').rare.restarts).toBe(1)
    gate('halt').resolve()
  })

  test('may be killed, and the move has nobody to take then', async () => {
    const ref = await family('x')
    ref.tell('wait', 'w')
    await carrier.clock.settle()
    const root = carrier.cell('p')
    const { heard } = quiet('p')
    carrier.a.operator.killForGood(root)
    await carrier.clock.settle()
    expect(heard.map((fault) => Fault.is(fault) && fault.code)).toEqual(['actor-stopped'])
    open('w')
  })

  test('a start that is asynchronous is waited for, and a group that restarts', async () => {
    const slow = defineActor('slow', {
      on: {
        crash() {
          throw new Error('crashed')
        },
      },
      started: () => gate('start').promise,
    })
    const parent = defineActor('parent', {
      supervision: { strategy: 'one-for-all' },
      on: {},
      started: (self) => {
        for (const name of ['x', 'y']) self.spawn(slow, name)
      },
    })
    await carrier.spawn(parent, 'p')
    const first = quiet('p')
    expect(first.heard).toEqual([])
    open('start')
    await carrier.clock.settle()
    expect(first.heard).toEqual(['still'])
    first.giveUp()
    carrier.a.runtime.find('p/y')?.tell('crash')
    await carrier.clock.settle()
    const second = quiet('p')
    open('start')
    await carrier.clock.settle()
    expect(second.heard).toEqual([])
    open('start')
    await carrier.clock.settle()
    expect(second.heard).toEqual(['still'])
    second.giveUp()
    expect(['p/x', 'p/y'].map((path) => carrier.cell(path).rare.restarts)).toEqual([1, 1])
  })
})

describe('when the time is up', () => {
  test('move-busy names who is busy and for how long, and all go on as if nothing had happened', async () => {
    const ref = await family('x', 'y')
    carrier.a.runtime.find('p/x')?.tell('wait', 'w')
    await carrier.clock.advance(500)
    const { heard, cells } = quiet('p', 1_000)
    ref.tell('work', 'root')
    await carrier.clock.advance(999)
    expect([heard, cells.some(({ flags }) => (flags & paused) === 0)]).toEqual([[], false])
    await carrier.clock.advance(1)
    expect(heard).toHaveLength(1)
    expect(heard[0]).toMatchObject({
      code: 'move-busy',
      message: 'Cannot move "p": after 1000 ms "p/x" has handled "wait" for 1500 ms',
      details: { path: 'p/x', deadlineMs: 1_000, busyMs: 1_500 },
    })
    expect(cells.some(({ flags }) => (flags & (paused | restless)) !== 0)).toBe(false)
    expect(await ref.ask('done')).toEqual(['root'])
    open('w')
    await carrier.clock.settle()
    expect([heard.length, carrier.cell('p/x').state]).toEqual([1, { done: ['w'] }])
  })

  test('a start and a hook are named as such', async () => {
    const starting = defineActor('starting', { on: {}, started: () => gate('start').promise })
    const parent = defineActor('parent', { on: {}, started: (self) => void self.spawn(starting, 'x') })
    await carrier.spawn(parent, 'p')
    const { heard } = quiet('p', 10)
    await carrier.clock.advance(10)
    expect((heard[0] as Fault).message).toBe('Cannot move "p": after 10 ms "p/x" has been starting for 10 ms')
    open('start')
  })

  test('who has given up hears nothing more', async () => {
    const ref = await family()
    ref.tell('wait', 'w')
    await carrier.clock.settle()
    const { heard, giveUp } = quiet('p')
    giveUp()
    giveUp()
    open('w')
    await carrier.clock.advance(2_000)
    expect([heard, carrier.a.runtime.host.timers.count]).toEqual([[], 0])
  })
})

test('two roots come to rest at the same time, each by itself', async () => {
  const [p, q] = [await family('x'), await carrier.spawn(worker, 'q')]
  p.tell('wait', 'p')
  q.tell('wait', 'q')
  await carrier.clock.settle()
  const [first, second] = [quiet('p'), quiet('q')]
  open('q')
  await carrier.clock.settle()
  expect([first.heard, second.heard]).toEqual([[], ['still']])
  open('p')
  await carrier.clock.settle()
  expect(first.heard).toEqual(['still'])
  first.giveUp()
  second.giveUp()
})
