// Tests of thought-through partitions: whatever is cut, there is one side that acts, it is whole, and it has the quorum.
import { describe, expect, test } from 'vitest'
import { quorumOf } from '../../../../actors/cluster/failure/judge.ts'
import { cutBetween, simulatePartition } from '../../../../actors/cluster/failure/partition.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import type { PartitionFacts, PartitionMember } from '../../../../actors/cluster/failure/partition.ts'

type Cut = PartitionFacts['cut']

const roots = { rehome: 4, wait: 2, stop: 1 }
const member = (number: number, isVoter = true, over: Partial<PartitionMember> = {}): PartitionMember => ({
  member: number,
  name: `n${number}`,
  isVoter,
  roots,
  canHost: true,
  ...over,
})
const members = (count: number, votes: (number: number) => boolean = () => true): PartitionMember[] =>
  Array.from({ length: count }, (_, index) => member(index + 1, votes(index + 1)))

/** What must be true of every outcome, told apart from how it is reached. */
function breach(all: readonly PartitionMember[], cut: Cut, leader: number | undefined): string | undefined {
  const {
    fates,
    leader: led,
    rehomed,
    waiting,
    stopped,
    homeless,
  } = simulatePartition({
    members: all,
    leader,
    cut,
  })
  const isWhole = (a: number, b: number): boolean =>
    !cut.some(([from, to]) => (from === a && to === b) || (from === b && to === a))
  const acting = all.filter((one) => fates.get(one.member) === 'acts')
  const removed = all.filter((one) => fates.get(one.member) === 'removed')
  const voters = all.filter((one) => one.isVoter)
  if (led === undefined)
    return acting.length + removed.length === 0 ? undefined : 'somebody acts without a leader'
  if (!acting.some((one) => one.member === led)) return 'the leader does not act'
  const followed = voters.filter((one) => one.member === led || isWhole(led, one.member))
  if (followed.length < quorumOf(voters.length)) return 'the leader has no quorum'
  for (const a of acting) {
    for (const b of acting) if (a !== b && !isWhole(a.member, b.member)) return 'two that act cannot speak'
  }
  if (acting.length + removed.length !== all.length) return 'somebody stays frozen for ever'
  const sum = [...rehomed.values()].reduce((total, count) => total + count, 0)
  const total = sum + waiting + stopped + homeless
  return total === 7 * removed.length ? undefined : `${total} roots of ${removed.length} members`
}

describe('every set of cut links', () => {
  test.each([2, 3, 4])('one way or both, between %i members, with all subsets of voters', (count) => {
    const pairs = Array.from(
      { length: count * count },
      (_, i) => [1 + Math.floor(i / count), 1 + (i % count)] as const,
    )
    const ways = pairs.filter(([from, to]) => from !== to)
    for (let votes = 1; votes < 2 ** count; votes++) {
      const all = members(count, (number) => (votes & (1 << (number - 1))) !== 0)
      for (let chosen = 0; chosen < 2 ** ways.length; chosen++) {
        const cut = ways.filter((_, index) => (chosen & (1 << index)) !== 0)
        const found = breach(all, cut, undefined)
        if (found !== undefined) expect.fail(`${found}: voters ${votes}, cut ${JSON.stringify(cut)}`)
      }
    }
  })

  test('both ways between 5 members, with all subsets of voters and each leader', () => {
    const pairs = [1, 2, 3, 4, 5].flatMap((a) =>
      [1, 2, 3, 4, 5].filter((b) => b > a).map((b) => [a, b] as const),
    )
    for (let votes = 1; votes < 32; votes++) {
      const all = members(5, (number) => (votes & (1 << (number - 1))) !== 0)
      for (let chosen = 0; chosen < 2 ** pairs.length; chosen++) {
        const cut = pairs
          .filter((_, index) => (chosen & (1 << index)) !== 0)
          .flatMap(([a, b]) => cutBetween([a], [b]))
        const found = breach(all, cut, 1 + (chosen % 5))
        if (found !== undefined) expect.fail(`${found}: voters ${votes}, cut ${JSON.stringify(cut)}`)
      }
    }
  })

  test('by chance, one way or both, between 5 to 7 members', () => {
    const random = seededRandom('partitions')
    for (let run = 0; run < 10_000; run++) {
      const count = 5 + random.integer(3)
      const all = members(count, (number) => number === 1 || random.next() < 0.7)
      const rate = random.next()
      const ways = all.flatMap((a) => all.map((b) => [a.member, b.member] as const))
      const cut = ways.filter(([from, to]) => from !== to && random.next() < rate)
      const found = breach(all, cut, random.integer(count + 1))
      if (found !== undefined) expect.fail(`${found}: ${JSON.stringify({ all, cut })}`)
    }
  })
})

test('a majority goes on under its leader, takes over what goes elsewhere, and says so', () => {
  const all = [...members(4), member(5, true, { canHost: false })]
  const outcome = simulatePartition({ members: all, leader: 1, cut: cutBetween([1, 2, 5], [3, 4]) })
  expect(outcome.lines).toEqual([
    'n1 goes on to lead: it reaches 3 or more of 5 voters',
    'acts: n1, n2, n5',
    'freezes, and is removed after that: n3, n4',
    'n1 takes over 4 roots',
    'n2 takes over 4 roots',
    '4 roots would wait for their node',
    '2 roots would stop',
  ])
  expect(Object.fromEntries(outcome.fates)).toEqual({
    1: 'acts',
    2: 'acts',
    3: 'removed',
    4: 'removed',
    5: 'acts',
  })
})

test('the leader on the small side makes way for one on the large side', () => {
  const { leader, lines } = simulatePartition({
    members: members(5),
    leader: 1,
    cut: cutBetween([1, 2], [3, 4, 5]),
  })
  expect(leader).toBe(3)
  expect(lines[0]).toBe('n3 would lead: it reaches 3 or more of 5 voters')
})

test('halves of an even number of voters freeze both', () => {
  const { lines } = simulatePartition({ members: members(4), leader: 1, cut: cutBetween([1, 2], [3, 4]) })
  expect(lines).toEqual([
    'nobody reaches 3 of 4 voters: nobody leads, and nobody is removed',
    'freezes: n1, n2, n3, n4',
  ])
})

test('of two that cannot hear each other the younger goes, and what nobody may host has no home', () => {
  const all = members(3).map((one) => ({ ...one, canHost: one.member === 3 }))
  const { lines } = simulatePartition({
    members: all,
    leader: 1,
    cut: [
      [3, 2],
      [2, 3],
    ],
  })
  expect(lines).toEqual([
    'n1 goes on to lead: it reaches 2 or more of 3 voters',
    'acts: n1, n2',
    'freezes, and is removed after that: n3',
    '4 roots found nobody who may host them',
    '2 roots would wait for their node',
    '1 root would stop',
  ])
})

test('of two of which only one does not hear the other it is that one that goes', () => {
  const { lines } = simulatePartition({ members: members(3), leader: 1, cut: [[3, 2]] })
  expect(lines).toContain('freezes, and is removed after that: n2')
})
