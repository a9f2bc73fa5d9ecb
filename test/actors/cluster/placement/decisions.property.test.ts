// Decisions of placement over random clusters: shards move as little as can be, and voters come to an odd number step by step.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextVoterChange, votersMax } from '../../../../actors/cluster/placement/next-voter-change.ts'
import { shareShards } from '../../../../actors/cluster/placement/shard-shares.ts'
import { Spread } from '../../../../actors/cluster/placement/spread.ts'
import { isTrusted } from '../../../../actors/cluster/state/member.ts'
import type { VoterMember } from '../../../../actors/cluster/placement/next-voter-change.ts'

const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 8 })

test('shards are even among those who may own, and no more of them move than must', () => {
  fc.assert(
    fc.property(numbers, numbers, fc.integer({ min: 1, max: 64 }), (before, after, count) => {
      const owners = shareShards(
        Array.from({ length: count }, () => 0),
        before,
      )
      const next = shareShards(owners, after)
      const counts = after.map((member) => next.filter((owner) => owner === member).length)
      if (after.length === 0) {
        expect(new Set(next)).toEqual(new Set([0]))
        return
      }
      expect(counts.reduce((sum, one) => sum + one, 0)).toBe(count)
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
      const moved = next.filter((owner, shard) => owner !== owners[shard]).length
      expect(moved).toBe(fewestMoves(owners, after))
      expect(shareShards(next, after.toReversed())).toEqual(next)
    }),
  )
})

/** Each may keep what it has up to its quota; the larger quotas go to those who have most. */
function fewestMoves(owners: readonly number[], members: readonly number[]): number {
  const had = members.map((member) => owners.filter((owner) => owner === member).length)
  const least = Math.floor(owners.length / members.length)
  let larger = owners.length % members.length
  let kept = 0
  for (const count of had.toSorted((a, b) => b - a)) {
    kept += Math.min(count, larger > 0 ? least + 1 : least)
    larger--
  }
  return owners.length - kept
}

const member: fc.Arbitrary<VoterMember> = fc.record({
  number: fc.integer({ min: 1, max: 12 }),
  kind: fc.constantFrom('initial', 'trusted', 'trusted', 'local', 'proxy'),
  status: fc.constantFrom('joining', 'up', 'up', 'up', 'draining'),
})

test('voters come to an odd number of members that are up and trusted, one at a time, and never to none', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(member, { selector: ({ number }) => number, maxLength: 10 }),
      fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 12 }),
      (members, first, leader) => {
        const voters = new Set(first)
        for (let step = 0; ; step++) {
          const change = nextVoterChange(members, [...voters], leader)
          if (change === undefined) break
          expect(step).toBeLessThan(12)
          if ('add' in change) {
            expect(voters.has(change.add)).toBe(false)
            voters.add(change.add)
          } else expect(voters.delete(change.remove)).toBe(true)
          expect(voters.size).toBeGreaterThan(0)
          expect(voters.size).toBeLessThanOrEqual(votersMax)
        }
        const ready = members.filter((one) => isTrusted(one) && one.status === 'up')
        if (ready.length === 0) return
        expect(voters.size % 2).toBe(1)
        const voting = [...voters].map((number) => members.find((one) => one.number === number))
        expect(voting.every((one) => one !== undefined && isTrusted(one) && one.status !== 'draining')).toBe(
          true,
        )
        expect(voters.size).toBeGreaterThanOrEqual(Math.min(votersMax, ready.length) - 1)
      },
    ),
    { numRuns: 1_000 },
  )
})

test.each<[string, string, number[], object | undefined]>([
  ['a founder that is alone stays', '1', [1], undefined],
  ['the second of two does not vote', '1 2', [1], undefined],
  ['the second and third come in', '1 2 3', [1], { add: 2 }],
  ['the fourth does not', '1 2 3 4', [1, 2, 3], undefined],
  ['the sixth does not', '1 2 3 4 5 6', [1, 2, 3, 4, 5], undefined],
  ['one that is gone goes before anybody comes', '1 2 4', [1, 2, 3], { remove: 3 }],
  ['then another comes in its place', '1 2 4', [1, 2], { add: 4 }],
  ['one that drains goes after another has come', '1 2 3- 4', [1, 2, 3], { add: 4 }],
  ['and then it goes', '1 2 3- 4', [1, 2, 3, 4], { remove: 3 }],
  ['the leader is the last to go of two', '1 2', [1, 2], { remove: 1 }],
  ['where the last voter is gone another comes first', '2', [1], { add: 2 }],
  ['and then it goes too', '2', [1, 2], { remove: 1 }],
  ['the last vote is not taken', '2-', [1], undefined],
])('%s', (_, said, voters, change) => {
  const members = said.split(' ').map((one): VoterMember => {
    const status = one.endsWith('-') ? 'draining' : 'up'
    return { number: Number.parseInt(one, 10), kind: 'trusted', status }
  })
  expect(nextVoterChange(members, voters, 2)).toEqual(change)
})

test('a spread gives each the same number of roots when none is busy, whatever they had before', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }), (had) => {
      const members = had.map((roots, index) => ({ number: index + 1, hosts: ['x@1'], load: 0, roots }))
      const counts = [...had]
      const spread = new Spread(members)
      const wanted = had.length * 20
      for (let given = had.reduce((sum, one) => sum + one, 0); given < wanted; given++) {
        const number = spread.give(['x@1'])
        counts[(number ?? 0) - 1]!++
      }
      expect(counts).toEqual(had.map(() => 20))
      expect(spread.give(['y@1'])).toBeUndefined()
    }),
  )
})
