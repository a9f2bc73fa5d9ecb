// Tests of placement: kin share a thread, wishes are kept or refused, and what nobody asked for goes where there is room.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { place, readPlace } from '../../../node/threads/place.ts'
import { Fault } from '../../../runtime/fault.ts'
import type { PlaceFacts, PlaceWish, ThreadFacts } from '../../../node/threads/place.ts'

const thread = (slot: number, facts: Partial<ThreadFacts> = {}): ThreadFacts => ({
  slot,
  status: 'up',
  roots: 0,
  loadShare: 0,
  ...facts,
})

const facts = (given: Partial<PlaceFacts> = {}): PlaceFacts => ({
  path: 'bank',
  isHosted: true,
  threads: [thread(1), thread(2)],
  kin: [],
  ...given,
})

/** The slot, what is to be started, or the code of the fault. */
function placed(wish: PlaceWish, given: Partial<PlaceFacts> = {}): number | string {
  const found = place(wish, facts(given))
  if (Fault.is(found)) return found.code
  return 'slot' in found ? found.slot : found.start
}

describe('auto', () => {
  test('is the main thread in a node without threads, or where the threads do not know the definition', () => {
    expect(placed('auto', { threads: [] })).toBe(0)
    expect(placed('auto', { isHosted: false })).toBe(0)
    expect(placed('auto', { threads: [thread(1, { status: 'dedicated' })] })).toBe(0)
  })

  test('is where there are few roots and little to do, the first of equals', () => {
    expect(placed('auto')).toBe(1)
    expect(placed('auto', { threads: [thread(1, { roots: 3 }), thread(2, { roots: 2 })] })).toBe(2)
    expect(placed('auto', { threads: [thread(1, { loadShare: 0.9 }), thread(2, { roots: 1 })] })).toBe(2)
    expect(placed('auto', { threads: [thread(1, { loadShare: NaN }), thread(2, { loadShare: 0.5 })] })).toBe(
      2,
    )
  })

  test('is a thread that is up while there is one, and never a quarantine', () => {
    const down = [thread(1, { status: 'lost' }), thread(2, { status: 'starting' })]
    expect(placed('auto', { threads: [...down, thread(3, { roots: 1_000 })] })).toBe(3)
    expect(placed('auto', { threads: down })).toBe(2)
    expect(placed('auto', { threads: down.slice(0, 1) })).toBe(1)
    expect(placed('auto', { threads: [thread(1, { status: 'quarantine' }), thread(2, { roots: 5 })] })).toBe(
      2,
    )
  })

  test('of a hundred roots at once gives each of four threads twenty-five', () => {
    const roots = [0, 0, 0, 0]
    for (let i = 0; i < 100; i++) {
      const slot = placed('auto', {
        threads: roots.map((count, index) => thread(index + 1, { roots: count })),
      })
      if (typeof slot === 'number') roots[slot - 1] = (roots[slot - 1] ?? 0) + 1
    }
    expect(roots).toEqual([25, 25, 25, 25])
  })

  test('is with its kin, whatever the load', () => {
    const kin = [{ path: 'bank/ada', slot: 2 }]
    expect(placed('auto', { kin, threads: [thread(1), thread(2, { roots: 99, status: 'lost' })] })).toBe(2)
    expect(placed('auto', { kin: [{ path: 'bank/ada', slot: 0 }] })).toBe(0)
  })
})

describe('a wish', () => {
  test('is kept', () => {
    expect(placed('main')).toBe(0)
    expect(placed({ thread: 0 })).toBe(0)
    expect(placed({ thread: 2 })).toBe(2)
    expect(placed({ near: 'ada' }, { nearSlot: 2 })).toBe(2)
    expect(placed('dedicated')).toBe('dedicated')
    expect(placed({ thread: 1 }, { threads: [thread(1, { status: 'quarantine' })] })).toBe(1)
  })

  test('for a thread of its own is the main thread in a node without threads', () => {
    expect(placed('dedicated', { threads: [] })).toBe(0)
  })

  test('for what is not there is refused', () => {
    expect(placed({ thread: 3 })).toBe('thread-unknown')
    expect(placed({ thread: 1 }, { threads: [] })).toBe('thread-unknown')
    expect(placed({ near: 'ada' })).toBe('actor-unknown')
    expect(placed({ thread: 1 }, { threads: [thread(1, { status: 'dedicated' })] })).toBe('place-invalid')
  })

  test('for a thread that does not know the definition is refused', () => {
    for (const wish of [{ thread: 1 }, { near: 'ada' }, 'dedicated'] as const)
      expect(placed(wish, { isHosted: false, nearSlot: 1 })).toBe('place-invalid')
    expect(placed({ near: 'ada' }, { isHosted: false, nearSlot: 0 })).toBe(0)
  })

  test('that parts kin is refused', () => {
    const kin = [{ path: 'bank/ada', slot: 2 }]
    expect(placed({ thread: 2 }, { kin })).toBe(2)
    for (const wish of ['main', 'dedicated', { thread: 1 }] as const)
      expect(placed(wish, { kin })).toBe('place-split')
    expect(placed('auto', { kin: [...kin, { path: 'bank/bob', slot: 1 }] })).toBe('place-split')
    expect(placed('auto', { kin, isHosted: false })).toBe('place-split')
  })

  test('that is refused says how things stood', () => {
    expect(place({ thread: 3 }, facts())).toMatchObject({
      message: 'Cannot place "bank" in thread 3: the node has 0 (main) and 1, 2',
    })
    expect(place('main', facts({ kin: [{ path: 'bank/ada', slot: 2 }] }))).toMatchObject({
      message:
        'Cannot place "bank": it shares a path, and so a thread, with "bank/ada" in thread 2, but the main thread was asked for',
    })
  })
})

test('whatever the facts, a root is placed with all its kin, in a thread that is there and knows it, or a fault says why not', () => {
  const status = fc.constantFrom('up', 'starting', 'lost', 'dedicated', 'quarantine')
  const threads = fc
    .array(fc.record({ status, roots: fc.nat(50), loadShare: fc.double({ min: 0, max: 1 }) }), {
      maxLength: 4,
    })
    .map((all) => all.map((one, index): ThreadFacts => ({ slot: index + 1, ...one })))
  const given = fc.record({
    threads,
    wish: fc.constantFrom<PlaceWish>(
      'auto',
      'main',
      'dedicated',
      { thread: 0 },
      { thread: 1 },
      { thread: 4 },
      { near: 'n' },
    ),
    isHosted: fc.boolean(),
    kinSlots: fc.array(fc.nat(4), { maxLength: 2 }),
    near: fc.nat(9),
  })
  fc.assert(
    fc.property(given, ({ threads: all, wish, isHosted, kinSlots, near }) => {
      const isThere = (slot: number): boolean => slot <= all.length
      const kin = kinSlots.filter(isThere).map((slot, index) => ({ path: `bank/${index}`, slot }))
      const nearSlot = isThere(near) ? near : undefined
      const found = place(wish, facts({ threads: all, isHosted, kin, nearSlot }))
      if (Fault.is(found)) return wish !== 'auto' || found.code === 'place-split'
      if (!('slot' in found)) return wish === 'dedicated' && isHosted && kin.length === 0 && all.length > 0
      const knows = found.slot === 0 || isHosted
      return isThere(found.slot) && knows && kin.every(({ slot }) => slot === found.slot)
    }),
  )
})

test('the option is read, and what is no place is refused', () => {
  expect(
    [undefined, 'auto', 'main', 'dedicated', { thread: 2 }, { near: { path: 'a' } }].map(readPlace),
  ).toEqual(['auto', 'auto', 'main', 'dedicated', { thread: 2 }, { near: 'a' }])
  for (const bad of [
    'mian',
    2,
    null,
    {},
    { thread: -1 },
    { thread: 1.5 },
    { thread: '1' },
    { near: 'a' },
    { thread: 1, near: { path: 'a' } },
  ])
    expect(() => readPlace(bad)).toThrow(expect.objectContaining({ code: 'place-invalid' }))
})
