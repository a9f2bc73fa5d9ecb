// Tests of a capture restored: each thing that an actor has goes along, and the books of both sides balance at each step.
import { afterEach, describe, expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { paused, suspended } from '../../../runtime/cell-flags.ts'
import { Carrier } from './carrier.ts'
import type { Exit, Ref, Self } from 'troupe'

interface Notes {
  readonly seen: unknown[]
}

const notes = (): Notes => ({ seen: [] })
const note = (self: Self<Notes>, value: unknown): void => void self.state.seen.push(value)
const seen = (self: Self<Notes>): unknown[] => [...self.state.seen]

const keeper = defineActor('keeper', {
  state: (start?: unknown): Notes => ({ seen: start === undefined ? [] : [start] }),
  on: {
    note,
    seen,
    night: (self) => self.become('dark'),
    spawn: (self, name: string | undefined): unknown => self.spawn(keeper, name),
    every: (self: Self<Notes>, ms: number) => self.every(ms, 'note', 'beat', { key: 'pulse' }),
    after: (self: Self<Notes>, ms: number) => self.after(ms, 'note', 'once', { key: 'bell' }),
    cancel: (self: Self<Notes>, key: string) => self.cancel(key),
    aside: (self) => self.stash(),
    back: (self) => self.unstash(),
    watch: (self, ref: Ref) => self.watch(ref),
    unwatch: (self, ref: Ref) => self.unwatch(ref),
    stop: (self) => self.stop(),
    crash() {
      throw new Error('crashed')
    },
    fault() {
      throw new Fault('note-refused', 'Cannot note: no', { hint: 'Do not.' })
    },
    children: (self) => self.children.map((ref) => ref.path),
    self: (self) => [self.path, self.behaviour, self.ref] as const,
  },
  behaviours: {
    dark: { note: (self: Self<Notes>, value: unknown) => void self.state.seen.push(`dark ${value}`), seen },
  },
  down: (self: Self<Notes>, ref: Ref, exit: Exit) => void self.state.seen.push(`${ref.path} ${exit.cause}`),
})

let carrier = new Carrier()
afterEach(async () => {
  carrier.books()
  await carrier.stop()
  carrier = new Carrier()
})

const where = (path: string): string => (carrier.a.runtime.cellAt(path) !== undefined ? 'a' : 'b')

describe('what an actor has goes along', () => {
  test('its state, arguments, behaviour and path; its ref finds it, and self is made anew', async () => {
    const ref = await carrier.spawn(keeper, 'bank/ada', 'first')
    ref.tell('note', new Map([[1, new Set(['x'])]]))
    ref.tell('note', ref)
    ref.tell('night')
    await carrier.clock.settle()
    await carrier.move('bank/ada')
    expect(where('bank/ada')).toBe('b')
    ref.tell('note', 'on')
    const [first, map, own, last] = (await ref.ask('seen')) as [string, Map<number, Set<string>>, Ref, string]
    expect([first, map.get(1), own.path, last]).toEqual(['first', new Set(['x']), 'bank/ada', 'dark on'])
    expect(carrier.cell('bank/ada').args).toEqual(['first'])
  })

  test('the mail in its order, before what comes while it is on its way and after', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    const before = carrier.books()
    for (let i = 0; i < 100; i++) ref.tell('note', i)
    const journey = await carrier.leave('ada')
    expect(journey.data.cells[0]?.mailbox).toHaveLength(100)
    carrier.books()
    ref.tell('note', 100)
    const arrival = carrier.arrive(journey)
    expect(carrier.books()).toMatchObject({ accepted: before.accepted + 100, waiting: 100, actors: 1 })
    ref.tell('note', 101)
    carrier.commit(journey, arrival)
    ref.tell('note', 102)
    expect(await ref.ask('seen')).toEqual(Array.from({ length: 103 }, (_, i) => i))
  })

  test('asks that wait are answered from where it is, with replies and with faults', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    carrier.cell('ada').flags |= suspended
    const answers = [ref.ask('seen'), ref.ask('fault').catch((fault: Fault) => fault.code)]
    await carrier.move('ada')
    carrier.cell('ada').unblock(suspended)
    expect(await Promise.all(answers)).toEqual([[], 'note-refused'])
    expect(carrier.a.runtime.host.asks.waiting).toBe(0)
  })

  test('an ask that has expired before the capture is not handled after it', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    carrier.cell('ada').flags |= suspended
    const answer = ref.ask('note', 'late', { timeoutMs: 10 }).catch((fault: Fault) => fault.code)
    await carrier.clock.advance(10)
    expect(await answer).toBe('ask-expired')
    await carrier.move('ada')
    carrier.cell('ada').unblock(suspended)
    expect(await ref.ask('seen')).toEqual([])
    expect(carrier.b.audit().deadLetters).toEqual({ 'message-unwanted': 1 })
  })

  test('what it has set aside, in order, and it comes back in front', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    for (const name of ['aside', 'aside']) ref.tell(name)
    await carrier.clock.settle()
    await carrier.move('ada')
    expect(carrier.books()).toMatchObject({ stashed: 2 })
    const cell = carrier.cell('ada')
    expect(cell.rareIfAny?.stash?.map(({ name, to }) => [name, to === cell])).toEqual([
      ['aside', true],
      ['aside', true],
    ])
  })

  test('children and grandchildren, in order, also those without names, and no number is given twice', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    await carrier.spawn(keeper)
    for (const name of ['x', undefined, 'y', undefined]) ref.tell('spawn', name)
    await carrier.clock.settle()
    const before = (await ref.ask('children')) as string[]
    carrier.a.runtime.find(before[1] as string)?.tell('spawn', 'deep')
    await carrier.clock.settle()
    await carrier.move('ada')
    expect(await ref.ask('children')).toEqual(before)
    expect(where(`${before[1]}/deep`)).toBe('b')
    expect(carrier.a.runtime.host.registry.startingWith('ada', 10)).toEqual([])
    for (let i = 0; i < 6; i++) ref.tell('spawn')
    await carrier.clock.settle()
    const after = (await ref.ask('children')) as string[]
    expect(new Set(after).size).toBe(10)
    await carrier.move('ada')
    expect(await ref.ask('children')).toEqual(after)
    expect(where('ada')).toBe('a')
  })

  test('that it is suspended: it stays so until it is resumed', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    carrier.a.operator.suspend(carrier.cell('ada'))
    ref.tell('note', 1)
    await carrier.move('ada')
    await carrier.clock.settle()
    expect(carrier.cell('ada').state).toEqual({ seen: [] })
    carrier.b.operator.resume(carrier.cell('ada'))
    expect(await ref.ask('seen')).toEqual([1])
  })

  test('that it was told to stop: it ends there, after its mail', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    const exits: Exit[] = []
    ref.watch((exit) => exits.push(exit))
    ref.tell('note', 1)
    ref.stop()
    await carrier.move('ada')
    await carrier.clock.settle()
    expect(exits).toEqual([{ cause: 'stopped' }])
    expect(carrier.books()).toMatchObject({ actors: 0, handled: 1, dead: 0 })
  })

  test('its last fault, its restarts and its dead letters, of which each side has a part', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    for (const name of ['crash', 'nonsense', 'fault']) ref.tell(name)
    await carrier.clock.settle()
    const before = carrier.books()
    await carrier.move('ada')
    expect(carrier.books()).toEqual(before)
    const { lastFault, restarts, dead } = carrier.cell('ada').rare
    expect([lastFault?.code, restarts, Object.fromEntries(dead)]).toEqual([
      'handler-failed',
      1,
      { 'handler-failed': 2, 'message-unknown': 1 },
    ])
    ref.tell('nonsense')
    await carrier.clock.settle()
    carrier.books()
  })

  test('moved-away and moved-here are all that is told of it', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    const heard: string[] = []
    ref.watch(() => heard.push('down'))
    for (const node of [carrier.a, carrier.b])
      node.runtime.host.events.follow(({ kind, subject }) => heard.push(`${kind} ${subject.path}`))
    await carrier.move('ada')
    await carrier.clock.settle()
    expect(heard).toEqual(['moved-here ada', 'moved-away ada'])
  })
})

describe('timers', () => {
  test('go on with the time that was left, and keep to their grid', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    ref.tell('every', 100)
    ref.tell('after', 250)
    await carrier.clock.advance(130)
    await carrier.move('ada')
    expect(carrier.a.runtime.host.timers.count).toBe(0)
    await carrier.clock.advance(69)
    expect(await ref.ask('seen')).toEqual(['beat'])
    await carrier.clock.advance(1)
    expect(await ref.ask('seen')).toEqual(['beat', 'beat'])
    await carrier.clock.advance(50)
    expect(await ref.ask('seen')).toEqual(['beat', 'beat', 'once'])
    await carrier.clock.advance(50)
    expect(((await ref.ask('seen')) as string[]).at(-1)).toBe('beat')
    expect(carrier.cell('ada').rare.timers?.size).toBe(1)
  })

  test('stand still while the actor is neither here nor there', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    ref.tell('after', 100)
    await carrier.clock.advance(40)
    const journey = await carrier.leave('ada')
    await carrier.clock.advance(500)
    carrier.commit(journey, carrier.arrive(journey))
    await carrier.clock.advance(59)
    expect(await ref.ask('seen')).toEqual([])
    await carrier.clock.advance(1)
    expect(await ref.ask('seen')).toEqual(['once'])
  })

  test('whose beat waits do not send a second one, and their beat can still be cancelled', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    ref.tell('every', 100)
    ref.tell('after', 100)
    await carrier.clock.settle()
    carrier.a.operator.suspend(carrier.cell('ada'))
    await carrier.clock.advance(100)
    expect(carrier.cell('ada').waiting).toBe(2)
    await carrier.move('ada')
    await carrier.clock.advance(100)
    expect(carrier.cell('ada').waiting).toBe(2)
    const cell = carrier.cell('ada')
    expect([...(cell.rare.timers?.keys() ?? [])]).toEqual(['pulse', 'bell'])
    cell.rare.timers?.get('bell')?.cancel()
    carrier.b.operator.resume(cell)
    expect(await ref.ask('seen')).toEqual(['beat'])
    await carrier.clock.advance(100)
    expect(await ref.ask('seen')).toEqual(['beat', 'beat'])
  })

  test('that were replaced or cancelled before the capture stay so', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    ref.tell('after', 10)
    await carrier.clock.settle()
    carrier.a.operator.suspend(carrier.cell('ada'))
    await carrier.clock.advance(10)
    carrier.cell('ada').self?.after(10, 'note', 'again', { key: 'bell' })
    await carrier.move('ada')
    carrier.b.operator.resume(carrier.cell('ada'))
    await carrier.clock.advance(10)
    expect(await ref.ask('seen')).toEqual(['again'])
  })
})

describe('watches', () => {
  const lives = { restart: 'temporary' } as const

  test('inside the subtree go along', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    const kid = (await ref.ask('spawn', 'kid')) as Ref
    ref.tell('watch', kid)
    await carrier.clock.settle()
    await carrier.move('ada')
    carrier.b.runtime.find('ada/kid')?.stop()
    await carrier.clock.settle()
    expect(await ref.ask('seen')).toEqual(['ada/kid stopped'])
  })

  test('of somebody who stays are heard of where the watcher is now, once', async () => {
    const [ada, ben] = [
      await carrier.spawn(keeper, 'ada'),
      await carrier.spawn(keeper, { name: 'ben', ...lives }),
    ]
    ada.tell('watch', ben)
    await carrier.clock.settle()
    await carrier.move('ada')
    expect(carrier.cell('ben').rare.watchers?.size).toBe(1)
    ben.stop()
    await carrier.clock.settle()
    expect(await ada.ask('seen')).toEqual(['ben stopped'])
  })

  test('of somebody who ends while the watcher is on its way are heard of', async () => {
    const [ada, ben] = [
      await carrier.spawn(keeper, 'ada'),
      await carrier.spawn(keeper, { name: 'ben', ...lives }),
    ]
    ada.tell('watch', ben)
    await carrier.clock.settle()
    const journey = await carrier.leave('ada')
    ben.kill()
    await carrier.clock.settle()
    carrier.commit(journey, carrier.arrive(journey))
    expect(await ada.ask('seen')).toEqual(['ben killed'])
  })

  test('of an actor that moves go on, by actors and by functions, and can be taken back', async () => {
    const [ada, ben] = [
      await carrier.spawn(keeper, { name: 'ada', ...lives }),
      await carrier.spawn(keeper, 'ben'),
    ]
    const cat = await carrier.spawn(keeper, 'cat')
    const exits: Exit[] = []
    ada.watch((exit) => exits.push(exit))
    for (const watcher of [ben, cat]) watcher.tell('watch', ada)
    await carrier.clock.settle()
    await carrier.move('ada')
    cat.tell('unwatch', ada)
    await carrier.clock.settle()
    expect(carrier.brokered).toBe(2)
    carrier.cell('ada').self?.stop()
    await carrier.clock.settle()
    expect([exits, await ben.ask('seen'), await cat.ask('seen')]).toEqual([
      [{ cause: 'stopped' }],
      ['ada stopped'],
      [],
    ])
  })

  test('of one who moves by another who moves go on, whichever goes first, or comes back', async () => {
    for (const isGivenUp of [false, true]) {
      const [ada, ben] = [
        await carrier.spawn(keeper, 'ada'),
        await carrier.spawn(keeper, { name: 'ben', ...lives }),
      ]
      ada.tell('watch', ben)
      await carrier.clock.settle()
      const [first, second] = [await carrier.leave('ada'), await carrier.leave('ben')]
      carrier.commit(first, carrier.arrive(first))
      if (isGivenUp) carrier.abort(second)
      else carrier.commit(second, carrier.arrive(second))
      carrier.cell('ben').self?.stop()
      await carrier.clock.settle()
      expect(await ada.ask('seen')).toEqual(['ben stopped'])
      expect(carrier.brokered).toBe(0)
      carrier.cell('ada').self?.stop()
      await carrier.clock.settle()
    }
  })

  test('are kept elsewhere no longer once a move is given up, or taken back with the life of the watcher', async () => {
    const [ada, ben] = [await carrier.spawn(keeper, 'ada'), await carrier.spawn(keeper, 'ben')]
    ben.tell('watch', ada)
    await carrier.clock.settle()
    const journey = await carrier.leave('ada')
    expect(carrier.brokered).toBe(1)
    carrier.abort(journey)
    expect(carrier.brokered).toBe(0)
    await carrier.move('ada')
    expect(carrier.brokered).toBe(1)
    ben.tell('watch', ada)
    await carrier.clock.settle()
    expect(carrier.cell('ben').rare.watchingFar?.size).toBe(1)
    ben.tell('crash')
    await carrier.clock.settle()
    expect(carrier.brokered).toBe(0)
  })

  test('begun while somebody is on its way or has gone hear of the end there, and only of that', async () => {
    const [ada, ben] = [
      await carrier.spawn(keeper, { name: 'ada', ...lives }),
      await carrier.spawn(keeper, 'ben'),
    ]
    const cat = await carrier.spawn(keeper, 'cat')
    const dog = await carrier.spawn(keeper, 'dog')
    for (const watcher of [ben, dog]) watcher.tell('watch', ada)
    await carrier.clock.settle()
    const journey = await carrier.leave('ada')
    dog.tell('unwatch', ada)
    cat.tell('watch', ada)
    await carrier.clock.settle()
    expect(carrier.brokered).toBe(2)
    carrier.commit(journey, carrier.arrive(journey))
    const eva = await carrier.spawn(keeper, 'eva')
    for (const watcher of [eva, ben]) watcher.tell('watch', ada)
    await carrier.clock.settle()
    expect([carrier.brokered, await ben.ask('seen')]).toEqual([3, []])
    carrier.cell('ada').self?.stop()
    await carrier.clock.settle()
    const seen = await Promise.all([ben, cat, eva, dog].map((ref) => ref.ask('seen')))
    expect(seen).toEqual([['ada stopped'], ['ada stopped'], ['ada stopped'], []])
  })

  test('of one who ends there before it is known here that it has gone are heard of', async () => {
    const [ada, ben] = [
      await carrier.spawn(keeper, { name: 'ada', ...lives }),
      await carrier.spawn(keeper, 'ben'),
    ]
    ben.tell('watch', ada)
    await carrier.clock.settle()
    const journey = await carrier.leave('ada')
    carrier.arrive(journey).activate()
    carrier.b.runtime.find('ada')?.kill()
    await carrier.clock.settle()
    journey.departure.discard()
    expect(await ben.ask('seen')).toEqual(['ada killed'])
  })

  test('that have to be told already go along as a signal, before the mail', async () => {
    const [ada, ben] = [
      await carrier.spawn(keeper, 'ada'),
      await carrier.spawn(keeper, { name: 'ben', ...lives }),
    ]
    ada.tell('watch', ben)
    await carrier.clock.settle()
    // What is paused hears nothing: the signal waits in its lane.
    carrier.cell('ada').flags |= paused
    ben.stop()
    ada.tell('note', 'after')
    await carrier.clock.settle()
    const journey = await carrier.leave('ada')
    expect(journey.data.cells[0]?.signals).toMatchObject([{ type: 'down', path: 'ben' }])
    carrier.commit(journey, carrier.arrive(journey))
    expect(await ada.ask('seen')).toEqual(['ben stopped', 'after'])
  })
})

describe('supervision', () => {
  const fragile = defineActor('fragile', {
    state: notes,
    on: {
      seen,
      crash() {
        throw new Error('crashed')
      },
    },
  })
  const parent = (supervision: object, child: object = {}) =>
    defineActor('parent', {
      supervision,
      on: { ping: () => 'pong' },
      started: (self) => {
        for (const name of ['x', 'y']) self.spawn(fragile, { name, ...child })
      },
    })

  async function crash(path: string): Promise<void> {
    const node = where(path) === 'a' ? carrier.a : carrier.b
    node.runtime.find(path)?.tell('crash')
    await carrier.clock.settle()
  }

  test('the budget that is spent stays spent, and is free again when its time has come', async () => {
    await carrier.spawn(parent({ intensity: 2, periodMs: 1_000 }), { name: 'p', restart: 'temporary' })
    await crash('p/x')
    await carrier.clock.advance(600)
    await crash('p/y')
    await carrier.move('p')
    await carrier.clock.advance(500)
    await crash('p/x')
    expect(carrier.b.runtime.cellAt('p')?.rareIfAny?.restarts ?? 0).toBe(0)
    expect(carrier.b.operator.outlook(carrier.cell('p/x'))).toMatchObject({ left: 0 })
    await crash('p/x')
    expect(carrier.b.runtime.cellAt('p')).toBe(undefined)
  })

  test("a root's own budget goes along, and is forgotten where it was", async () => {
    await carrier.spawn(fragile, 'p')
    for (let i = 0; i < 3; i++) await crash('p')
    const old = carrier.cell('p')
    const journey = await carrier.leave('p')
    const arrival = carrier.arrive(journey)
    carrier.abort(journey, arrival)
    expect(carrier.b.operator.outlook(arrival.root)).toMatchObject({ spent: 0 })
    expect(carrier.a.operator.outlook(old)).toMatchObject({ spent: 3 })
    await carrier.move('p')
    expect(carrier.a.operator.outlook(old)).toMatchObject({ spent: 0 })
    expect(carrier.b.operator.outlook(carrier.cell('p'))).toMatchObject({ spent: 3, left: 0 })
    await crash('p')
    expect(carrier.b.runtime.cellAt('p')).toBe(undefined)
    await carrier.spawn(fragile, 'p')
    expect(carrier.a.operator.outlook(carrier.cell('p'))).toMatchObject({ spent: 0 })
  })

  test.each(['p', 'p/x'])('%s between two lives is so there, and begins when it would have', async (path) => {
    const backoff = { minMs: 100, maxMs: 1_000, jitter: 0 }
    await carrier.spawn(parent({}, { backoff }), { name: 'p', backoff })
    if (path === 'p') carrier.cell('p').self?.spawn(fragile, { name: 'z', backoff: { ...backoff } })
    if (path === 'p/x') await crash('p/x')
    else {
      carrier.cell('p').self?.ref.kill()
      await carrier.clock.settle()
    }
    await carrier.clock.advance(40)
    await carrier.move('p')
    const cell = carrier.cell(path)
    expect([cell.self, cell.rare.nextStartMs]).toEqual([undefined, 100])
    await carrier.clock.advance(59)
    expect(cell.self).toBe(undefined)
    await carrier.clock.advance(1)
    expect(cell.self).not.toBe(undefined)
    await carrier.clock.advance(30)
    cell.self?.ref.kill()
    await carrier.clock.settle()
    expect(carrier.b.operator.outlook(cell)).toMatchObject({ attempt: 2 })
    expect(carrier.a.runtime.host.timers.count).toBe(0)
  })

  test('a group that pauses before it begins again does so there', async () => {
    const backoff = { minMs: 100, maxMs: 1_000, jitter: 0 }
    await carrier.spawn(parent({ strategy: 'one-for-all' }, { backoff }), 'p')
    await crash('p/x')
    await carrier.clock.advance(30)
    await carrier.move('p')
    const cells = ['p/x', 'p/y'].map((path) => carrier.cell(path))
    await carrier.clock.advance(69)
    expect(cells.map(({ self }) => self)).toEqual([undefined, undefined])
    await carrier.clock.advance(1)
    expect(cells.map((cell) => cell.self === undefined)).toEqual([false, false])
    expect(cells.map((cell) => cell.rare.restarts)).toEqual([1, 1])
  })

  test('a group whose move is given up goes on with its pause', async () => {
    const backoff = { minMs: 100, maxMs: 1_000, jitter: 0 }
    await carrier.spawn(parent({ strategy: 'one-for-all' }, { backoff }), 'p')
    await crash('p/x')
    await carrier.clock.advance(30)
    const journey = await carrier.leave('p')
    carrier.abort(journey, carrier.arrive(journey))
    await carrier.clock.advance(69)
    expect(carrier.cell('p/y').self).toBe(undefined)
    await carrier.clock.advance(1)
    expect(carrier.cell('p/y').self).not.toBe(undefined)
    expect(carrier.b.runtime.host.timers.count).toBe(0)
  })

  test('a message that is to be tried again has the tries that are left', async () => {
    const stubborn = defineActor('stubborn', {
      triesMax: 3,
      child: { backoff: { minMs: 100, maxMs: 100, jitter: 0 } },
      on: {
        crash() {
          throw new Error('crashed')
        },
      },
    })
    await carrier.spawn(stubborn, 'p')
    await crash('p')
    await carrier.clock.advance(100)
    await carrier.move('p')
    await carrier.clock.advance(100)
    expect(carrier.b.audit().deadLetters).toEqual({ 'message-poisoned': 1 })
  })
})
