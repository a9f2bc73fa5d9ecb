// Tests of moves that do not happen: refused before anything is paused, refused by the target, or given up with everything in its place.
import { afterEach, describe, expect, test } from 'vitest'
import { defineActor, Fault } from 'troupe'
import { captureFlaw } from '../../../runtime/capture-flaw.ts'
import type { ActorDefinition } from '../../../runtime/definition.ts'
import { paused, suspended } from '../../../runtime/cell-flags.ts'
import { actorsMax } from '../../../runtime/spawn.ts'
import { Carrier } from './carrier.ts'
import type { Exit, Ref, Self } from 'troupe'

let carrier = new Carrier()
afterEach(async () => {
  carrier.books()
  await carrier.stop()
  carrier = new Carrier()
})

interface Notes {
  readonly seen: unknown[]
}

const keeper = defineActor('keeper', {
  state: (): Notes => ({ seen: [] }),
  on: {
    note: (self: Self<Notes>, value: unknown) => void self.state.seen.push(value),
    seen: (self: Self<Notes>) => [...self.state.seen],
    spawn: (self, name: string): unknown => self.spawn(keeper, name),
    every: (self: Self<Notes>, ms: number) => self.every(ms, 'note', 'beat'),
    watch: (self, ref: Ref) => self.watch(ref),
    aside: (self) => self.stash(),
    night: (self) => self.become('dark'),
  },
  behaviours: { dark: {} },
  mailbox: { messagesMax: 4 },
  down: (self: Self<Notes>, ref: Ref, exit: Exit) => void self.state.seen.push(`${ref.path} ${exit.cause}`),
})

class Socket {}

describe('refused before anything is paused', () => {
  test('state, arguments, mail, stash and timers that are not data are named', async () => {
    carrier = new Carrier(1, false)
    const holder = defineActor('holder', {
      state: (socket?: unknown) => ({ socket }),
      on: {
        hold(self, socket: unknown) {
          self.state.socket = socket
        },
        aside: (self) => self.stash(),
        after: (self, payload: unknown) => self.after(10, 'hold', payload, { key: 'k' }),
      },
    })
    const parent = defineActor('parent', {
      on: { spawn: (self, name: string): unknown => self.spawn(holder, name) },
    })
    const ref = await carrier.spawn(parent, 'bank/ada')
    await ref.ask('spawn', 'audit')
    const audit = carrier.cell('bank/ada/audit')
    const child = carrier.a.runtime.find('bank/ada/audit')
    const flaw = async (): Promise<string | undefined> => {
      await carrier.clock.settle()
      const fault = captureFlaw(carrier.cell('bank/ada'))
      expect([fault?.code ?? 'state-unmovable', audit.flags & paused]).toEqual(['state-unmovable', 0])
      return fault?.message
    }
    expect(await flaw()).toBe(undefined)
    child?.tell('hold', new Socket())
    expect(await flaw()).toBe(
      'Cannot move "bank/ada": $.state.socket of "bank/ada/audit" is an instance of Socket',
    )
    child?.tell('hold', undefined)
    child?.tell('after', [1, () => 2])
    expect(await flaw()).toBe(
      'Cannot move "bank/ada": $.timers["k"].payload[1] of "bank/ada/audit" is a function',
    )
    await carrier.clock.advance(10)
    child?.tell('hold', undefined)
    child?.tell('aside', Symbol('s'))
    expect(await flaw()).toBe('Cannot move "bank/ada": $.stash[0].payload of "bank/ada/audit" is a symbol')
    audit.rare.stash = undefined
    audit.handled++
    audit.flags |= suspended
    child?.tell('hold', 1)
    child?.tell('hold', { deep: Promise.resolve() })
    expect(await flaw()).toBe(
      'Cannot move "bank/ada": $.mailbox[1].payload.deep of "bank/ada/audit" is a promise',
    )
    audit.unblock(suspended)
    await carrier.clock.settle()
    child?.tell('hold', undefined)
    const given = await carrier.spawn(holder, 'given', new Socket())
    given.tell('hold', undefined)
    await carrier.clock.settle()
    expect(captureFlaw(carrier.cell('given'))?.message).toBe(
      'Cannot move "given": $.args[0] of "given" is an instance of Socket',
    )
  })

  test('moves: false anywhere below is honoured', async () => {
    const pinned = defineActor('pinned', { on: {}, moves: false })
    const parent = defineActor('parent', { on: {}, started: (self) => void self.spawn(pinned, 'x') })
    await carrier.spawn(parent, 'p')
    await carrier.spawn(pinned, 'q')
    expect(captureFlaw(carrier.cell('p'))).toMatchObject({
      code: 'move-refused',
      message: 'Cannot move "p": "p/x" below it is a "pinned", which does not move',
    })
    expect(captureFlaw(carrier.cell('q'))?.message).toBe(
      'Cannot move "q": it is a "pinned", which does not move',
    )
  })
})

describe('refused by the target', () => {
  const upgradable = (version: number, upgrade?: (state: unknown, from: number) => Notes): ActorDefinition =>
    defineActor('keeper', {
      ...keeper.spec,
      version,
      ...(upgrade === undefined ? {} : { upgrade }),
    } as never) as unknown as ActorDefinition

  async function refusal(prepare?: () => void): Promise<string> {
    const journey = await carrier.leave('ada')
    prepare?.()
    const before = carrier.books()
    let code = 'accepted'
    try {
      carrier.arrive(journey)
    } catch (fault) {
      code = Fault.is(fault) ? fault.code : String(fault)
    }
    expect(carrier.books()).toEqual(before)
    carrier.abort(journey)
    return code
  }

  test.each([
    [
      'no definition',
      new Fault('definition-unknown', 'Cannot find it', { hint: 'Load it.' }),
      'definition-unknown',
    ],
    ['a newer one without an upgrade', upgradable(3), 'definition-differs'],
    [
      'an upgrade that throws',
      upgradable(3, () => {
        throw new Error('no')
      }),
      'upgrade-failed',
    ],
    [
      'one without the behaviour',
      defineActor('keeper', { on: {} }) as unknown as ActorDefinition,
      'behaviour-unknown',
    ],
  ])('%s', async (_, definition, code) => {
    const ref = await carrier.spawn(keeper, 'ada')
    ref.tell('note', 1)
    ref.tell('night')
    await carrier.clock.settle()
    carrier.definitions.set('keeper', definition)
    expect(await refusal()).toBe(code)
    expect(carrier.cell('ada').state).toEqual({ seen: [1] })
  })

  test('an older one', async () => {
    await carrier.spawn(upgradable(2), 'ada')
    carrier.definitions.set('keeper', keeper as unknown as ActorDefinition)
    expect(await refusal()).toBe('definition-differs')
  })

  test('a name that is taken, no room, or an end that is under way', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    await ref.ask('spawn', 'kid')
    expect(await refusal(() => void carrier.b.spawn(keeper, 'ada/kid'))).toBe('name-taken')
    const { totals } = carrier.b.runtime.host
    const { actors } = totals
    const journey = await carrier.leave('ada')
    totals.actors = actorsMax
    expect(() => carrier.arrive(journey)).toThrow(`${actorsMax} of ${actorsMax} actors live, 2 are to come`)
    totals.actors = actors
    void carrier.b.stop()
    expect(() => carrier.arrive(journey)).toThrow('the node is ending')
    carrier.abort(journey)
  })

  test('but a newer one with an upgrade takes the state over', async () => {
    const ref = await carrier.spawn(keeper, 'ada')
    ref.tell('note', 1)
    await carrier.clock.settle()
    carrier.definitions.set(
      'keeper',
      upgradable(3, (state, from) => ({ seen: [...(state as Notes).seen, `from ${from}`] })),
    )
    await carrier.move('ada')
    expect(await ref.ask('seen')).toEqual([1, 'from 1'])
    expect(carrier.cell('ada').definition.version).toBe(3)
  })
})

describe('given up', () => {
  test.each(['before it has arrived', 'after it has arrived'])(
    '%s, everything is in its place',
    async (when) => {
      const [first, ref, last] = [
        await carrier.spawn(keeper, 'first'),
        await carrier.spawn(keeper, 'ada'),
        await carrier.spawn(keeper, 'last'),
      ]
      await ref.ask('spawn', 'kid')
      ref.tell('every', 100)
      ref.tell('aside')
      last.tell('watch', ref)
      ref.tell('watch', first)
      await carrier.clock.advance(30)
      const cells = [carrier.cell('ada'), carrier.cell('ada/kid')]
      carrier.a.operator.suspend(carrier.cell('ada/kid'))
      carrier.a.runtime.find('ada/kid')?.tell('note', 1)
      const offers = [2, 3, 4, 5, 6].map((value) => carrier.a.runtime.find('ada/kid')?.offer('note', value))
      await carrier.clock.settle()
      const [books, order] = [carrier.books(), carrier.a.runtime.guardian.children()]
      const journey = await carrier.leave('ada')
      expect(carrier.a.runtime.cellAt('ada')).toBe(undefined)
      expect(carrier.a.audit().actors).toBe(2)
      const arrival = when.startsWith('after') ? carrier.arrive(journey) : undefined
      if (arrival !== undefined) expect(carrier.books()).toEqual(books)
      ref.tell('note', 'tail')
      carrier.abort(journey, arrival)
      carrier.abort(journey, arrival)
      expect(carrier.b.audit()).toMatchObject({ actors: 0, accepted: 0 })
      expect(carrier.b.runtime.host.registry.count).toBe(0)
      expect([carrier.cell('ada'), carrier.cell('ada/kid')]).toEqual(cells)
      expect(carrier.a.runtime.guardian.children()).toEqual(order)
      await carrier.clock.advance(69)
      expect(await ref.ask('seen')).toEqual(['tail'])
      await carrier.clock.advance(1)
      expect(await ref.ask('seen')).toEqual(['tail', 'beat'])
      first.stop()
      await carrier.clock.settle()
      expect(await ref.ask('seen')).toEqual(['tail', 'beat', 'first stopped'])
      carrier.a.operator.resume(carrier.cell('ada/kid'))
      await Promise.all(offers)
      expect(await carrier.a.runtime.find('ada/kid')?.ask('seen')).toEqual([1, 2, 3, 4, 5, 6])
      ref.stop()
      await carrier.clock.settle()
      expect(await last.ask('seen')).toEqual(['ada stopped'])
    },
  )

  test('what waits between two lives begins at its time, or at once if that has passed', async () => {
    const ref = await carrier.spawn(keeper, { name: 'ada', backoff: { minMs: 100, maxMs: 100, jitter: 0 } })
    for (const awayMs of [50, 150]) {
      ref.kill()
      await carrier.clock.settle()
      const cell = carrier.cell('ada')
      const journey = await carrier.leave('ada')
      await carrier.clock.advance(awayMs)
      expect(cell.self).toBe(undefined)
      carrier.abort(journey)
      await carrier.clock.advance(49)
      expect(cell.self === undefined).toBe(awayMs === 50)
      await carrier.clock.advance(1)
      expect(cell.self).not.toBe(undefined)
    }
  })

  test('after the node has begun to end, it ends as well', async () => {
    await carrier.spawn(keeper, 'ada')
    const journey = await carrier.leave('ada')
    const stopped = carrier.a.stop()
    await carrier.clock.settle()
    await stopped
    carrier.abort(journey)
    await carrier.clock.settle()
    expect(carrier.a.audit().actors).toBe(0)
  })
})

test('what was given up for good leaves nothing behind: no timers, no names, and its self has expired', async () => {
  const ref = await carrier.spawn(keeper, 'ada')
  ref.tell('every', 100)
  await carrier.clock.settle()
  const old = carrier.cell('ada')
  const { self } = old
  carrier.a.operator.suspend(old)
  for (let i = 0; i < 4; i++) ref.tell('note', i)
  const waits = ref.offer('note', 4)
  await carrier.move('ada')
  expect(() => self?.path).toThrow('the life of the actor that it was given to is over')
  expect(carrier.a.runtime.host.timers.count).toBe(0)
  expect([old.waiting, old.state, carrier.a.runtime.guardian.childCount]).toEqual([0, undefined, 0])
  carrier.b.operator.resume(carrier.cell('ada'))
  await waits
  expect(await ref.ask('seen')).toEqual([0, 1, 2, 3])
})
