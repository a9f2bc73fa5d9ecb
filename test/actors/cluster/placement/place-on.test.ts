// A place in the cluster: which node a root goes to, and why not another.
import { Fault } from 'troupe'
import { expect, test } from 'vitest'
import { hosting } from '../../../../actors/cluster/placement/hosting.ts'
import { placeOn, placeOnFacts } from '../../../../actors/cluster/placement/place-on.ts'
import { shardCount, shardOf } from '../../../../actors/cluster/placement/shard-of.ts'
import { Town } from '../state/town.ts'
import type { ClusterWish, PlaceMember, PlaceOnFacts } from '../../../../actors/cluster/placement/place-on.ts'

function member(number: number, name: string, more?: Partial<PlaceMember>): PlaceMember {
  const hosts = ['counter@1']
  return { number, name, kind: 'trusted', status: 'up', labels: [], hosts, load: 0, roots: 0, ...more }
}

const members = [
  member(1, 'a', { kind: 'initial', roots: 5 }),
  member(2, 'b', { roots: 1 }),
  member(3, 'laptop', { kind: 'local', labels: ['gpu'] }),
  member(4, 'old', { status: 'draining', labels: ['old'] }),
  member(5, 'new', { status: 'joining' }),
  member(6, 'bare', { hosts: [], labels: ['gpu'] }),
]

function decide(wish: ClusterWish, more?: Partial<PlaceOnFacts>): number | string {
  const placed = placeOn(wish, { path: 'r', definition: 'counter@1', members, kin: [], ...more })
  if (Fault.is(placed)) return placed.code
  expect(placed.why).not.toMatch(/\.$|\n/)
  return placed.member
}

test.each<[string, ClusterWish, Partial<PlaceOnFacts>, number | string]>([
  ['anywhere, where there is most room', 'anywhere', {}, 2],
  ['anywhere, not where it is busy', 'anywhere', { members: [members[0]!, { ...members[1]!, load: 1 }] }, 1],
  ['anywhere, with nobody who is trusted', 'anywhere', { members: [members[2]!] }, 'node-unknown'],
  ['anywhere, with nobody who hosts it', 'anywhere', { definition: 'x@1' }, 'definition-unhosted'],
  ['anywhere, with nobody who is up', 'anywhere', { members: [members[3]!] }, 'node-draining'],
  ['anywhere in an empty cluster', 'anywhere', { members: [] }, 'node-unknown'],
  ['on a node', { node: 'a' }, {}, 1],
  ['on a developer machine that is named', { node: 'laptop' }, {}, 3],
  ['on a node that is not there', { node: 'z' }, {}, 'node-unknown'],
  ['on a node that drains', { node: 'old' }, {}, 'node-draining'],
  ['on a node that joins', { node: 'new' }, {}, 'node-draining'],
  ['on a node that does not host it', { node: 'bare' }, {}, 'definition-unhosted'],
  ['near another actor', { near: 'x' }, { near: 1 }, 1],
  ['near nobody', { near: 'x' }, {}, 'actor-unknown'],
  ['near one that is lost', { near: 'x' }, { near: 0 }, 'actor-unknown'],
  ['near one whose node drains', { near: 'x' }, { near: 4 }, 'node-draining'],
  ['on a kind', { kind: 'local' }, {}, 3],
  ['on a kind that is not there', { kind: 'proxy' }, {}, 'node-unknown'],
  ['at a label, past one that does not host it', { label: 'gpu' }, {}, 3],
  ['at a label that nobody has', { label: 'moon' }, {}, 'node-unknown'],
  ['beside kin', 'anywhere', { kin: [{ top: 'r/s', member: 1 }] }, 1],
  [
    'beside kin where nobody may take what nobody has placed',
    'anywhere',
    { kin: [{ top: 'r/s', member: 3 }] },
    3,
  ],
  ['beside kin that were asked for', { label: 'gpu' }, { kin: [{ top: 'r/s', member: 3 }] }, 3],
  ['away from kin', { node: 'b' }, { kin: [{ top: 'r/s', member: 1 }] }, 'place-split'],
  ['beside kin that nobody has', 'anywhere', { kin: [{ top: 'r/s', member: 0 }] }, 'place-split'],
  ['beside kin whose node drains', 'anywhere', { kin: [{ top: 'r/s', member: 4 }] }, 'place-split'],
  [
    'beside kin that live apart',
    'anywhere',
    {
      kin: [
        { top: 'r/s', member: 1 },
        { top: 'r/t', member: 2 },
      ],
    },
    'place-split',
  ],
])('a root goes %s', (_, wish, more, outcome) => {
  expect(decide(wish, more)).toBe(outcome)
})

test('the facts come from the state of the cluster', () => {
  const town = new Town('a', 'b')
  town.claim(1, 'r/s')
  const facts = placeOnFacts(town.state, { path: 'r', definition: 'counter@1', near: 2 })
  expect(facts.members.map(({ name, roots }) => `${name} ${roots}`)).toEqual(['a 1', 'b 0'])
  expect(placeOn('anywhere', facts)).toMatchObject({ member: 1 })
  expect(placeOn({ near: 'x' }, facts)).toMatchObject({ code: 'place-split' })
})

test('a fault names a few of many nodes', () => {
  const many = Array.from({ length: 20 }, (_, index) => member(index + 1, `n${index}`))
  const fault = placeOn({ node: 'z' }, { path: 'r', definition: 'counter@1', members: many, kin: [] })
  expect(Fault.is(fault) && fault.message).toBe(
    'Cannot place "r": "z" was asked for, but there is none; there are "n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7" and 12 more',
  )
})

test('a higher version hosts what a lower one has left, a lower one does not', () => {
  expect(hosting(['counter@2'], 'counter@2')).toBe('same')
  expect(hosting(['counter@10'], 'counter@2')).toBe('newer')
  expect(hosting(['counter@1', 'count@3', 'counters@3'], 'counter@2')).toBe('none')
})

test('the shard of a path is the same for good, and the shards are used evenly', () => {
  expect(['bank/ada', 'bank/bob', 'x'].map(shardOf)).toEqual([48, 239, 44])
  const counts = Array.from({ length: shardCount }, () => 0)
  for (let key = 0; key < 100_000; key++) counts[shardOf(`account/${key}`)]!++
  expect(Math.min(...counts)).toBeGreaterThan(300)
  expect(Math.max(...counts)).toBeLessThan(490)
})
