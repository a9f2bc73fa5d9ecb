// Tests of merging: one answer out of those of several threads.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from 'troupe'
import { mergeBooks, sumCounts } from '../../../../node/threads/books.ts'
import { ratesOf, talkOf } from '../../../../node/threads/root-rates.ts'
import { mergeDead } from '../../../../node/verbs/dead.ts'
import { mergeListed } from '../../../../node/verbs/ls.ts'
import { placeFrom } from '../../../../node/verbs/spawn-place.ts'
import { recordsOf } from '../../../../node/verbs/tail.ts'
import { mergeFrames } from '../../../../node/verbs/top.ts'
import { mergeGrown } from '../../../../node/verbs/tree.ts'
import { latest } from '../../../../node/verbs/why.ts'
import type { Books } from '../../../../node/threads/books.ts'
import type { Dead } from '../../../../node/verbs/dead.ts'
import type { Happening } from '../../../../node/verbs/happening.ts'
import type { Part } from '../../../../node/verbs/spot.ts'
import type { Frame } from '../../../../node/verbs/top.ts'
import type { Branch, Grown } from '../../../../node/verbs/tree.ts'
import type { Shares } from '../../../../node/threads/shares.ts'
import type { Why } from '../../../../node/verbs/why.ts'
import type { Sample } from '../../../../node/sampler.ts'

function parts<D>(...data: readonly D[]): Part<D>[] {
  // The number of a thread is another one than that of its slot, once threads were lost.
  return data.map((one, slot) => ({ slot, id: slot === 0 ? 0 : slot + 10, data: one }))
}

const view = { definition: 'counter', waiting: 0, rate: 0, restarts: 0, waitMs: 0, cpuShare: 0 }

function sample(path: string, figures: Partial<Sample> = {}): Sample {
  return { ...view, path, ...figures } as Sample
}

function branch(name: string, ...below: readonly Branch[]): Branch {
  return { path: name, name, below, left: 0 } as unknown as Branch
}

function grown(...branches: readonly Branch[]): Grown {
  return { node: 'n', path: null, branches, left: 0, total: branches.length }
}

test('a list goes on from thread to thread up to its limit and counts all', () => {
  const listed = parts(
    { actors: [sample('a')], total: 1 },
    { actors: [sample('b'), sample('c')], total: 7 },
    { actors: [sample('d')], total: 1 },
  )
  const { actors, total } = mergeListed(listed, 3)
  expect(actors.map(({ path, thread }) => [path, thread])).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 1],
  ])
  expect(total).toBe(9)
})

test('a tree keeps as many actors as were asked for and says where some are left out', () => {
  const trees = parts(grown(branch('a')), grown(branch('b', branch('x'), branch('y')), branch('c')))
  const { branches, left } = mergeGrown(trees, 3)
  expect(branches.map(({ name, below, left: more, thread }) => [name, below.length, more, thread])).toEqual([
    ['a', 0, 0, 0],
    ['b', 1, 1, 1],
  ])
  expect(left).toBe(1)
})

test('a tree of any threads holds its limit and loses no root from its count', () => {
  const tree = fc.letrec<{ branch: Branch }>((tie) => ({
    branch: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constant(branch('b')),
      fc.array(tie('branch'), { maxLength: 3 }).map((below) => branch('b', ...below)),
    ),
  })).branch
  const threads = fc.array(fc.array(tree, { maxLength: 4 }), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(threads, fc.integer({ min: 1, max: 12 }), (roots, limit) => {
      const merged = mergeGrown(parts(...roots.map((some) => grown(...some))), limit)
      const all = roots.flat()
      expect(countOf(merged.branches)).toBe(Math.min(limit, countOf(all)))
      expect(merged.branches.length + merged.left).toBe(all.length)
    }),
  )
})

function countOf(branches: readonly Branch[]): number {
  return branches.reduce((sum, { below }) => sum + 1 + countOf(below), 0)
}

const frame: Frame = {
  at: '2026-01-01T00:00:00.000Z',
  node: 'n',
  sort: 'mailbox',
  actors: 2,
  rate: 5,
  restarts: 1,
  deadLetters: 1,
  rows: [],
}

test('a frame adds up all threads and keeps the rows that stand out most', () => {
  const frames = parts(
    { ...frame, rows: [sample('a', { waiting: 3 }), sample('b')] },
    { ...frame, at: '2026-01-01T00:00:01.000Z', rows: [sample('c', { waiting: 9 })] },
  )
  const merged = mergeFrames(frames, { sort: 'mailbox', limit: 2 })
  expect(merged).toMatchObject({
    at: '2026-01-01T00:00:01.000Z',
    actors: 4,
    rate: 10,
    restarts: 2,
    deadLetters: 2,
  })
  expect(merged.rows.map(({ path, thread }) => [path, thread])).toEqual([
    ['c', 1],
    ['a', 0],
  ])
})

test.each(['mailbox', 'rate', 'restarts', 'wait', 'cpu'] as const)('rows are sorted by %s', (sort) => {
  const figures = { waiting: 1, rate: 1, restarts: 1, waitMs: 1, cpuShare: 1 }
  const frames = parts({ ...frame, rows: [sample('a')] }, { ...frame, rows: [sample('b', figures)] })
  expect(mergeFrames(frames, { sort, limit: 9 }).rows.map(({ path }) => path)).toEqual(['b', 'a'])
})

test('dead letters are in the order of their times, with numbers that name their threads', () => {
  const dead = (at: string, id: number): Dead =>
    ({
      letters: [{ id, at }],
      kept: 1,
      total: 2,
      reasons: { 'actor-unknown': 2 },
      replayed: [id],
    }) as unknown as Dead
  const merged = mergeDead(parts(dead('2', 4), dead('1', 4)), 10)
  expect(merged.letters.map(({ id }) => id)).toEqual(['11.4', 4])
  expect(merged).toMatchObject({ kept: 2, total: 4, reasons: { 'actor-unknown': 4 }, replayed: [4, '11.4'] })
  expect(mergeDead(parts(dead('2', 4), dead('1', 4)), 1).letters.map(({ id }) => id)).toEqual([4])
})

test('of one that has ended the newest account counts', () => {
  const account = (at: string): Why => ({ path: at, events: [{ at }], letters: [] }) as unknown as Why
  expect(latest(parts(account('1'), account('3'), account('2')))).toMatchObject({ path: '3', thread: 1 })
})

test('events that were left out are told in their place', () => {
  const event = { seq: 4, at: 't', kind: 'log', path: 'a', text: '', detail: null } as Happening
  const records = recordsOf({ slot: 2, id: 2, records: [event], dropped: 3 })
  expect(records).toMatchObject([
    { path: 'thread 2', detail: { dropped: 3 } },
    { path: 'a', thread: 2 },
  ])
  expect(recordsOf({ slot: 2, id: 2, records: [event], dropped: 0 })).toHaveLength(1)
})

function books(thread: number, links: Books['links'], held = 0): Books {
  const audit = {
    accepted: 2,
    handled: 1,
    waiting: 1,
    stashed: 0,
    inHand: 0,
    dead: 0,
    refused: 1,
    actors: 3,
    deadLetters: { 'actor-unknown': 1 },
    isBalanced: true,
    differences: [],
  }
  return { thread, audit, links, held }
}

const facts = { lostThreads: 1, silent: [], slotOf: (thread: number) => thread }

test('what one thread has sent and the other not yet read is on its way, and so is what is held', () => {
  const first = [books(0, [{ thread: 1, sent: 4, read: 2 }]), books(1, [{ thread: 0, sent: 2, read: 1 }])]
  const later = new Map([
    [0, { links: [{ thread: 1, sent: 5, read: 2 }], held: 2 }],
    [1, { links: [{ thread: 0, sent: 2, read: 3 }], held: 0 }],
  ])
  expect(mergeBooks(first, later, facts)).toMatchObject({
    accepted: 4,
    refused: 2,
    actors: 6,
    deadLetters: { 'actor-unknown': 2 },
    onTheWay: 6,
    lostThreads: 1,
    isBalanced: true,
  })
})

test('more read than was ever sent is a difference', () => {
  const first = [books(0, [{ thread: 1, sent: 4, read: 3 }]), books(1, [{ thread: 0, sent: 2, read: 1 }])]
  const later = new Map(first.map(({ thread, links, held }) => [thread, { links, held }]))
  const { isBalanced, differences } = mergeBooks(first, later, facts)
  expect(isBalanced).toBe(false)
  expect(differences).toEqual(['threads 1 and 0: 2 messages sent, 3 read'])
})

test('counts are added up by name', () => {
  expect(sumCounts([{ a: 1 }, { a: 2, b: 1 }])).toEqual({ a: 3, b: 1 })
})

test('a place is a word or the number of a thread', () => {
  expect(['auto', 'main', 'dedicated', '0', '12'].map((text) => placeFrom(text))).toEqual([
    'auto',
    'main',
    'dedicated',
    { thread: 0 },
    { thread: 12 },
  ])
  for (const text of ['', '-1', '1.5', '1e3', 'thread 1', '9999999'])
    expect(() => placeFrom(text)).toThrow(Fault)
})

function shares(nowMs: number, handled: number, sent: readonly (readonly [string, number])[]): Shares {
  return { nowMs, roots: [{ path: 'a', cpuMs: handled / 10, handled, moves: true }], sent }
}

test('rates are those between two looks in the same thread', () => {
  const [before, after] = [parts(shares(0, 100, [])), parts(shares(500, 200, []))]
  expect(ratesOf(before, after)).toEqual([{ path: 'a', slot: 0, cpuShare: 0.02, rate: 200, moves: true }])
  expect(ratesOf([], after)).toEqual([])
})

test('what a root handles beyond what other threads sent came from its own', () => {
  const before = parts(shares(0, 0, []), { nowMs: 0, roots: [], sent: [] })
  const after = parts(shares(1_000, 100, []), { nowMs: 1_000, roots: [], sent: [['a', 30] as const] })
  const talk = talkOf({ before, after, roots: ratesOf(before, after) })
  expect(talk).toEqual([
    { a: 'thread 1', b: 'a', rate: 30 },
    { a: 'thread 0', b: 'a', rate: 70 },
  ])
})
