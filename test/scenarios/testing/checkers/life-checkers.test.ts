// Tests of the checkers of life stories: each accepts a sound story, and finds each breach that is planted into it.
import { describe, expect, test } from 'vitest'
import { startTestNode } from 'troupe/testing'
import { checkSupervision } from '../../../../scenarios/testing/checkers/check-supervision.ts'
import { checkTree } from '../../../../scenarios/testing/checkers/check-tree.ts'
import { LifeRecorder } from '../../../../scenarios/testing/checkers/life-recorder.ts'
import { childSpec, supervisionSpec } from '../../../../supervisors/supervision-spec.ts'
import { at, Family } from '../../../supervisors/tree/family.ts'
import type { ChildOptions, SupervisionSpec } from 'troupe'
import type { Failed, LifeEvent, LifeStory } from '../../../../scenarios/testing/checkers/life.ts'
import type { Verdict } from '../../../../scenarios/testing/checkers/verdict.ts'

const spawned = (
  id: number,
  parent = 0,
  more: { readonly child?: ChildOptions; readonly supervision?: Partial<SupervisionSpec> } = {},
): LifeEvent => ({
  type: 'spawned',
  id,
  parent,
  path: `n${id}`,
  child: childSpec(more.child ?? {}),
  supervision: supervisionSpec(more.supervision ?? {}),
  atMs: 0,
})
const failed = (id: number, atMs = 0, more: Partial<Failed> = {}): LifeEvent => ({
  type: 'failed',
  id,
  atMs,
  directive: 'restart',
  isLast: false,
  ...more,
})
const restarted = (id: number, atMs = 0): LifeEvent => ({ type: 'restarted', id, atMs })
const ended = (id: number, atMs = 0): LifeEvent => ({ type: 'ended', id, atMs, cause: 'stopped' })
const escalated = (id: number, atMs = 0): LifeEvent => ({
  type: 'escalated',
  id,
  atMs,
  code: 'restarts-exhausted',
})
const backoff = (id: number, attempt: number): LifeEvent => ({ type: 'backoff', id, atMs: 0, attempt })
const halted = (id: number, by: 'itself' | 'sibling' | 'order' = 'sibling', atMs = 0): LifeEvent => ({
  type: 'halted',
  id,
  by,
  cause: 'stopped',
  atMs,
})
/** A failure and what is usually decided. */
const hiccup = (id: number, atMs: number): LifeEvent[] => [failed(id, atMs), restarted(id, atMs)]

const group = (strategy: 'one-for-all' | 'rest-for-one'): LifeEvent[] => [
  spawned(1, 0, { supervision: { strategy } }),
  ...[2, 3, 4].map((id) => spawned(id, 1)),
]
const all = group('one-for-all')
const rest = group('rest-for-one')
const house = [spawned(1), spawned(2, 1), spawned(3, 1)]
const ends = [ended(3), ended(2), ended(1)]

type Case = readonly [name: string, story: LifeStory, holds: Verdict['holds'], reason?: string]

function cases(name: string, check: (story: LifeStory) => Verdict, table: readonly Case[]): void {
  describe(name, () => {
    for (const [what, story, holds, reason = ''] of table) {
      test(`${what}: ${String(holds)}`, () => {
        const verdict = check(story)
        expect(verdict.holds, verdict.reason).toBe(holds)
        expect(verdict.reason).toContain(reason)
      })
    }
  })
}

cases('C-TREE', checkTree, [
  ['nothing', [], 'unknown'],
  ['children that end before their parent', [...house, ...ends], true],
  [
    'a child that outlives its parent',
    [...house, ended(3), ended(1), ended(2)],
    false,
    'ends while its child "n2" lives',
  ],
  [
    'a child that outlives a life of its parent',
    [...house, failed(1), restarted(1)],
    false,
    'begins again while "n2"',
  ],
  [
    'a child that outlives a halted life',
    [...house, ended(3), halted(1, 'order')],
    false,
    'is halted while "n2"',
  ],
  ['a child of nobody', [spawned(2, 1)], false, 'by nobody'],
  ['a child of who has ended', [spawned(1), ended(1), spawned(2, 1)], false, 'has ended'],
  ['a child of who is down', [spawned(1), failed(1), spawned(2, 1)], false, 'is down'],
  ['an actor that is spawned twice', [spawned(1), spawned(1)], false, 'twice'],
  ['an actor that ends twice', [spawned(1), ended(1), ended(1)], false, 'has ended before'],
  [
    'one that begins while its parent is down',
    [...house, failed(2), failed(1), restarted(2)],
    false,
    'its parent is down',
  ],
  ['one for one, a sibling that goes along', [...house, failed(2), halted(3)], false, 'one for one'],
  [
    'one for all, in reverse and in order',
    [
      ...all,
      failed(3),
      halted(4),
      halted(2),
      restarted(2),
      restarted(3),
      restarted(4),
      ...[4, 3, 2, 1].map((id) => ended(id)),
    ],
    true,
  ],
  [
    'one for all, halted in the wrong order',
    [...all, failed(3), halted(2), halted(4)],
    false,
    'began before it',
  ],
  [
    'one for all, begun in the wrong order',
    [...all, failed(3), halted(4), halted(2), restarted(3), restarted(2)],
    false,
    'that is behind it',
  ],
  [
    'one for all, somebody left out',
    [...all, failed(3), halted(4), restarted(3)],
    false,
    '"n2" has been halted',
  ],
  [
    'one for all, a begin before the last halt',
    [...all, failed(3), halted(4), restarted(4)],
    false,
    'begins before "n2"',
  ],
  [
    'rest for one, those before left alone',
    [...rest, failed(3), halted(4), restarted(3), restarted(4), ...[4, 3, 2, 1].map((id) => ended(id))],
    true,
  ],
  ['rest for one, somebody left out', [...rest, failed(3), restarted(3)], false, 'begins before "n4"'],
  [
    'a sibling that has ended meanwhile need not be halted',
    [...all, failed(3), ended(4), halted(2), restarted(2), restarted(3), ended(3), ended(2), ended(1)],
    true,
  ],
  [
    'one that was told to stop takes nobody along',
    [
      ...all,
      failed(3, 0, { isLast: true }),
      failed(4),
      halted(2),
      ended(3),
      restarted(2),
      restarted(4),
      ended(4),
      ended(2),
      ended(1),
    ],
    true,
  ],
])

const judge = (story: LifeStory): Verdict => checkSupervision(story, true)

cases('C-SUP', judge, [
  ['nothing', [], 'unknown'],
  ['a failure that is decided', [spawned(1), failed(1), restarted(1)], true],
  ['a failure that ends the actor', [spawned(1), failed(1), ended(1)], true],
  ['a failure that nobody decides', [spawned(1), failed(1)], false, 'nothing was decided'],
  [
    'a failure that is decided twice',
    [spawned(1), failed(1), restarted(1), restarted(1)],
    false,
    'was not down',
  ],
  ['two failures of one life', [spawned(1), failed(1), failed(1)], false, 'down by failure already'],
  ['a restart out of nothing', [spawned(1), restarted(1)], false, 'was not down'],
  [
    'a start out of nothing',
    [spawned(1), { type: 'started', id: 1, atMs: 0 }, { type: 'started', id: 1, atMs: 0 }],
    false,
    'started twice',
  ],
  ['a life after the end', [spawned(1), ended(1), restarted(1)], false, 'is not there'],
  [
    'a temporary actor that comes back',
    [spawned(1, 0, { child: { restart: 'temporary' } }), failed(1), restarted(1)],
    false,
    'is temporary',
  ],
  [
    'a temporary actor that comes back with a sibling',
    [spawned(1, 0, { child: { restart: 'temporary' } }), halted(1), restarted(1)],
    false,
    'temporary',
  ],
  [
    'a transient actor that comes back from a stop',
    [spawned(1), halted(1, 'itself'), restarted(1)],
    false,
    'is transient',
  ],
  [
    'a temporary actor that comes back by order',
    [spawned(1, 0, { child: { restart: 'temporary' } }), halted(1, 'order'), restarted(1)],
    true,
  ],
  [
    'one that comes back although it was told to stop',
    [spawned(1), failed(1, 0, { isLast: true }), restarted(1)],
    false,
    'was to end',
  ],
  [
    'one that comes back although the rules say stop',
    [spawned(1), failed(1, 0, { directive: 'stop' }), restarted(1)],
    false,
    'was to end',
  ],
  [
    'as many restarts as the budget allows',
    [
      ...house,
      ...[0, 1, 2].flatMap((atMs) => hiccup(2, atMs)),
      ...[5_001, 5_002, 5_003].flatMap((atMs) => hiccup(3, atMs)),
    ],
    true,
  ],
  [
    'one restart too many',
    [...house, ...[0, 1, 4_998].flatMap((atMs) => hiccup(2, atMs)), ...hiccup(3, 4_999)],
    false,
    '4 restarts within 4999 ms',
  ],
  [
    'restarts over the budget by order, with siblings and with a backoff',
    [
      ...house,
      spawned(4, 1, { child: { backoff: {} } }),
      ...Array.from({ length: 9 }, () => [
        halted(2, 'order'),
        restarted(2),
        halted(3),
        restarted(3),
        failed(4),
        restarted(4),
      ]).flat(),
    ],
    true,
  ],
  [
    'a budget that starts anew with the next life',
    [
      ...house,
      ...[0, 1, 2].flatMap((atMs) => hiccup(2, atMs)),
      ended(3),
      ended(2),
      ...hiccup(1, 3),
      spawned(4, 1),
      ...[4, 5, 6].flatMap((atMs) => hiccup(4, atMs)),
    ],
    true,
  ],
  [
    'a budget of each child',
    [
      spawned(1, 0, { supervision: { budget: 'each' } }),
      spawned(2, 1),
      spawned(3, 1),
      ...[0, 1, 2].flatMap((atMs) => [...hiccup(2, atMs), ...hiccup(3, atMs)]),
    ],
    true,
  ],
  [
    'a supervisor that gives up with reason',
    [
      ...house,
      ...[0, 1, 2].flatMap((atMs) => hiccup(2, atMs)),
      failed(2, 3),
      escalated(1, 3),
      failed(1, 3),
      ended(2),
      ended(3),
      ended(1),
    ],
    true,
  ],
  [
    'a supervisor that gives up too early',
    [...house, ...hiccup(2, 0), failed(2, 1), escalated(1, 1)],
    false,
    'gives up after 2 ends',
  ],
  [
    'a supervisor that gives up and lives on',
    [...house, ...[0, 1, 2].flatMap((atMs) => hiccup(2, atMs)), failed(2, 3), escalated(1, 3), backoff(1, 1)],
    false,
    'should have failed',
  ],
  ['a backoff without one', [spawned(1), failed(1), backoff(1, 1)], false, 'has no backoff'],
  [
    'a backoff that skips an attempt',
    [
      spawned(1, 0, { child: { backoff: {} } }),
      failed(1),
      backoff(1, 1),
      restarted(1),
      failed(1),
      backoff(1, 3),
    ],
    false,
    'attempt 3 after 1',
  ],
])

test('a story that goes on may still decide', () => {
  expect(checkSupervision([spawned(1), failed(1)], false).holds).toBe('unknown')
})

test('the recorder writes what has happened to a running node, and that is sound', async () => {
  await using node = await startTestNode()
  const recorder = new LifeRecorder(node.runtime)
  const family = new Family()
  const parent = family.member({
    supervision: {
      strategy: 'one-for-all',
      intensity: 1,
      directives: [{ code: 'told-so', directive: 'stop' }],
    },
    starts: (self) =>
      void ['a', 'b'].forEach((name) => self.spawn(family.member(), { name, restart: 'permanent' })),
  })
  await node.spawn(parent, 'p')
  at(node, 'p/a').stop()
  await node.settle()
  at(node, 'p/b').tell('fail', 'now')
  await node.settle()
  at(node, 'p/b').tell('failAs', 'told-so')
  await node.settle()
  at(node, 'p').stop()
  await node.settle()
  const { story } = recorder
  expect(story.map(({ type, id }) => `${type} ${id}`).join(', ')).toBe(
    'spawned 1, spawned 2, started 2, spawned 3, started 3, started 1, ' +
      'halted 2, halted 3, restarted 2, started 2, restarted 3, started 3, ' +
      'failed 3, escalated 1, failed 1, ended 3, ended 2, restarted 1, spawned 4, started 4, spawned 5, started 5, started 1, ' +
      'failed 5, ended 5, ended 4, ended 1',
  )
  expect(checkTree(story)).toEqual({ holds: true, reason: 'kept over 5 ends' })
  expect(checkSupervision(story, true)).toMatchObject({ holds: true })
})
