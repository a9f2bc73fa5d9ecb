// Tests of homes: the main thread knows where each root lives, and says so only while that is settled.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Homes } from '../../../node/threads/homes.ts'
import type { HomeEntry } from '../../../node/threads/homes.ts'
import type { Home } from '../../../transports/link/record.ts'

function claim(homes: Homes, path: string, thread = 1): HomeEntry {
  return homes.claim({ path, definition: 'any', version: 1, args: [], options: {}, epoch: 1 }, thread)
}

function settled(homes: Homes, path: string, thread = 1): HomeEntry {
  const entry = claim(homes, path, thread)
  entry.settle()
  return entry
}

function answers(homes: Homes, ...paths: string[]): (Home | undefined)[] {
  const heard: (Home | undefined)[] = []
  for (const path of paths) homes.resolve(path, (home) => void heard.push(home))
  return heard
}

test('a path leads to the longest root that begins it, and to no other', () => {
  const homes = new Homes()
  settled(homes, 'a', 1)
  settled(homes, 'a/b/c', 1)
  settled(homes, 'ab', 2)
  expect(
    ['a', 'a/b', 'a/b/c', 'a/b/c/d', 'ab/x', 'abc', 'b', ''].map((path) => homes.under(path)?.top),
  ).toEqual(['a', 'a', 'a/b/c', 'a/b/c', 'ab', undefined, undefined, undefined])
})

describe('whoever asks where a path leads', () => {
  test('is told at once of a root that is settled, and of one that nobody has', () => {
    const homes = new Homes()
    settled(homes, 'a', 2)
    expect(answers(homes, 'a/child', 'b')).toEqual([{ top: 'a', thread: 2, epoch: 1 }, undefined])
  })

  test.each(['starting', 'moving', 'returning'] as const)(
    'waits while it is %s, and hears where it is then',
    (state) => {
      const homes = new Homes()
      const entry = claim(homes, 'a', 2)
      entry.state = state
      const heard = answers(homes, 'a', 'a/child')
      expect(heard).toEqual([])
      homes.rehome(entry, 3)
      entry.settle()
      const home = { top: 'a', thread: 3, epoch: 2 }
      expect(heard).toEqual([home, home])
    },
  )

  test('hears that nobody lives there when it ends meanwhile', () => {
    const homes = new Homes()
    const entry = claim(homes, 'a')
    const heard = answers(homes, 'a')
    homes.release(entry)
    expect(heard).toEqual([undefined])
    expect(homes.count).toBe(0)
  })

  test('hears of the successor when there is one by then, or waits for it', () => {
    const homes = new Homes()
    const entry = claim(homes, 'a', 1)
    const heard: (Home | undefined)[] = []
    let next: HomeEntry | undefined
    entry.whenSettled(() => {
      next = claim(homes, 'a', 2)
    })
    homes.resolve('a', (home) => void heard.push(home))
    homes.release(entry)
    expect(heard).toEqual([])
    next?.settle()
    expect(heard).toEqual([{ top: 'a', thread: 2, epoch: 1 }])
  })

  test('is told in the order of asking', () => {
    const homes = new Homes()
    const entry = claim(homes, 'a')
    const order: number[] = []
    for (const number of [1, 2, 3]) homes.resolve('a', () => void order.push(number))
    entry.settle()
    expect(order).toEqual([1, 2, 3])
  })
})

test('a name is given once, and again when it is free', () => {
  const homes = new Homes()
  const entry = claim(homes, 'a')
  expect(() => claim(homes, 'a')).toThrow(expect.objectContaining({ code: 'name-taken' }))
  homes.release(entry)
  const next = claim(homes, 'a')
  // Whoever held the old one cannot take the new one's place.
  homes.release(entry)
  expect(homes.get('a')).toBe(next)
})

describe('a change of home', () => {
  test('counts from the home it was decided for, and raises the epoch', () => {
    const homes = new Homes()
    const entry = settled(homes, 'a', 1)
    expect(homes.change(entry, 1, 2)).toBe(true)
    expect(entry.home).toEqual({ top: 'a', thread: 2, epoch: 2 })
    expect([homes.countOn(1), homes.countOn(2)]).toEqual([0, 1])
  })

  test('is refused for an epoch that is over, and for a root that is gone', () => {
    const homes = new Homes()
    const entry = settled(homes, 'a', 1)
    homes.change(entry, 1, 2)
    expect(homes.change(entry, 1, 3)).toBe(false)
    homes.release(entry)
    expect(homes.change(entry, 2, 3)).toBe(false)
    settled(homes, 'a', 1)
    expect(homes.change(entry, 2, 3)).toBe(false)
    expect([1, 2, 3].map((thread) => homes.countOn(thread))).toEqual([1, 0, 0])
  })
})

test('kin are all whose paths begin with it and whose beginning it is, and nobody else', () => {
  const homes = new Homes()
  for (const path of ['a', 'a/b', 'a/b/c', 'a/x', 'ab', 'b/a']) settled(homes, path)
  const kin = (path: string): string[] => homes.kinOf(path).map(({ top }) => top)
  expect(kin('a/b').toSorted()).toEqual(['a', 'a/b/c'])
  expect(kin('a').toSorted()).toEqual(['a/b', 'a/b/c', 'a/x'])
  expect(kin('a/b/c/d').toSorted()).toEqual(['a', 'a/b', 'a/b/c'])
  expect(kin('b')).toEqual(['b/a'])
  expect(kin('c')).toEqual([])
})

test('whatever comes and goes: kin, counts and lists are those of the roots that are there', () => {
  const path = fc
    .array(fc.constantFrom('a', 'b', 'ab'), { minLength: 1, maxLength: 4 })
    .map((names) => names.join('/'))
  const step = fc.record({
    path,
    act: fc.constantFrom('claim', 'release', 'rehome'),
    thread: fc.integer({ min: 0, max: 3 }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), path, (steps, asked) => {
      const homes = new Homes()
      const model = new Map<string, number>()
      for (const { path: top, act, thread } of steps) {
        const entry = homes.get(top)
        if (act === 'claim' && entry === undefined) {
          claim(homes, top, thread)
          model.set(top, thread)
        } else if (act === 'release' && entry !== undefined) {
          homes.release(entry)
          model.delete(top)
        } else if (act === 'rehome' && entry !== undefined) {
          homes.rehome(entry, thread)
          model.set(top, thread)
        }
      }
      const tops = [...model.keys()]
      const isKin = (top: string): boolean => top.startsWith(`${asked}/`) || asked.startsWith(`${top}/`)
      expect(
        homes
          .kinOf(asked)
          .map(({ top }) => top)
          .toSorted(),
      ).toEqual(tops.filter(isKin).toSorted())
      for (const thread of [0, 1, 2, 3]) {
        const there = tops.filter((top) => model.get(top) === thread)
        expect(homes.countOn(thread)).toBe(there.length)
        expect(
          homes
            .on(thread)
            .map(({ top }) => top)
            .toSorted(),
        ).toEqual(there.toSorted())
      }
    }),
  )
})
