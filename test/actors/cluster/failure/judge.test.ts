// Tests of the judge: who is removed, who is kept and who is waited for, by what the leader knows.
import { describe, expect, test } from 'vitest'
import { explain, explained } from '../../../../actors/cluster/failure/explain.ts'
import { decide, firstRemoval, judge } from '../../../../actors/cluster/failure/judge.ts'
import { leaseTimingDefault } from '../../../../actors/cluster/failure/timing.ts'
import type { Facts, MemberFacts, Report } from '../../../../actors/cluster/failure/decision.ts'
import type { Opinion } from '../../../../actors/cluster/failure/opinion.ts'

const nowMs = 100_000

const opinion = (member: number, over: Partial<Opinion> = {}): Opinion => ({
  member,
  says: 'suspects',
  evidence: 'silence',
  silentMs: 2_000,
  phi: 12,
  forMs: 1_200,
  hadConnection: true,
  flaps: 0,
  heardBy: [],
  ...over,
})
const gone = (member: number): Opinion => opinion(member, { evidence: 'refused', silentMs: 400 })
const broken = (member: number, over: Partial<Opinion> = {}): Opinion =>
  opinion(member, { says: 'link-broken', silentMs: 5_000, forMs: 11_000, heardBy: [1], ...over })

const report = (opinions: readonly Opinion[], over: Partial<Report> = {}): Report => ({
  receivedMs: nowMs - 100,
  lagMs: 0,
  isActing: true,
  leaderHeardMs: 50,
  opinions,
  ...over,
})
const member = (
  number: number,
  said?: readonly Opinion[] | Report,
  over: Partial<MemberFacts> = {},
): MemberFacts => ({
  member: number,
  name: `n${number}`,
  isVoter: true,
  grantedMs: nowMs - 5_000,
  report: said === undefined ? undefined : 'opinions' in said ? said : report(said),
  ...over,
})
const facts = (members: readonly MemberFacts[], over: Partial<Facts> = {}): Facts => ({
  atMs: nowMs,
  view: 4,
  term: 2,
  leader: 1,
  confirmedMs: nowMs - 100,
  grantsBeforeMs: nowMs - 60_000,
  lagMs: 0,
  timing: leaseTimingDefault,
  members,
  ...over,
})
const suspects3 = [opinion(3)]
const lost3 = [member(1, suspects3), member(2, suspects3), member(3)]

type Case = readonly [name: string, facts: Facts, subject: number, ...verdict: [act: string, why: string]]

describe('the judge', () => {
  const table: readonly Case[] = [
    [
      'one of two that suspect it holds no lease itself',
      facts([member(1, suspects3), member(2, report(suspects3, { isActing: false })), member(3)]),
      3,
      'keep',
      'outvoted',
    ],
    ['nobody speaks against it', facts([member(1, []), member(2, []), member(3, [])]), 3, 'keep', 'trusted'],
    ['all that listen do not hear it', facts(lost3), 3, 'remove', 'silent'],
    [
      'the leader is never judged',
      facts([member(1, []), member(2, [opinion(1)]), member(3, [opinion(1)])]),
      1,
      'keep',
      'leader',
    ],
    [
      'one of two does not hear it',
      facts([member(1, suspects3), member(2, []), member(3, [])]),
      3,
      'keep',
      'outvoted',
    ],
    [
      'the silence is short',
      facts([member(1, [opinion(3, { silentMs: 1_799 })]), member(2, suspects3), member(3)]),
      3,
      'keep',
      'too-soon',
    ],
    [
      'it flaps, so more is borne',
      facts([member(1, [opinion(3, { flaps: 1 })]), member(2, suspects3), member(3)]),
      3,
      'keep',
      'too-soon',
    ],
    [
      'it flaps, and more has passed',
      facts([
        member(1, [opinion(3, { flaps: 9, silentMs: 3_300 })]),
        member(2, [opinion(3, { silentMs: 3_300 })]),
        member(3),
      ]),
      3,
      'remove',
      'silent',
    ],
    [
      'its process is gone',
      facts([member(1, [gone(3)]), member(2, [gone(3)]), member(3)]),
      3,
      'remove',
      'gone',
    ],
    [
      'its address refuses one of three',
      facts([member(1, [gone(3)]), member(2, []), member(3, []), member(4, [])]),
      3,
      'keep',
      'outvoted',
    ],
    [
      'who never had a connection does not count',
      facts([
        member(1, [gone(3)]),
        member(2, [opinion(3, { hadConnection: false, silentMs: 0 })]),
        member(3),
      ]),
      3,
      'remove',
      'gone',
    ],
    [
      'it was heard a moment ago',
      facts([
        member(1, [opinion(3, { evidence: 'refused', silentMs: 200 })]),
        member(2, [gone(3)]),
        member(3),
      ]),
      3,
      'keep',
      'too-soon',
    ],
    [
      'it may hold a lease',
      facts([member(1, [gone(3)]), member(2, [gone(3)]), member(3, undefined, { grantedMs: nowMs - 400 })]),
      3,
      'wait',
      'gone',
    ],
    [
      'another leader may have granted it a lease',
      facts([member(1, [gone(3)]), member(2, [gone(3)]), member(3)], { grantsBeforeMs: nowMs - 400 }),
      3,
      'wait',
      'gone',
    ],
    ['the leader has stalled', facts(lost3, { lagMs: 300 }), 3, 'keep', 'leader-stalled'],
    [
      'the leader has heard no quorum yet',
      facts(lost3, { confirmedMs: undefined }),
      3,
      'keep',
      'leader-unsure',
    ],
    [
      'the leader has heard no quorum for a lease',
      facts(lost3, { confirmedMs: nowMs - 1_200 }),
      3,
      'keep',
      'leader-unsure',
    ],
    [
      'the other voter has not spoken lately',
      facts([member(1, suspects3), member(2, report(suspects3, { receivedMs: nowMs - 800 })), member(3)]),
      3,
      'keep',
      'leader-unsure',
    ],
    [
      'who has stalled does not vote',
      facts([member(1, []), member(2, report(suspects3, { lagMs: 300 })), member(3, [])]),
      3,
      'keep',
      'trusted',
    ],
    [
      'it hears nobody',
      facts([
        member(1, []),
        member(2, []),
        member(3, report([opinion(1), opinion(2)], { leaderHeardMs: 2_000 })),
      ]),
      3,
      'remove',
      'deaf',
    ],
    [
      'it has not heard the leader for long, and others do',
      facts([member(1, []), member(2, []), member(3, report([broken(1)], { leaderHeardMs: 10_000 }))]),
      3,
      'remove',
      'cut-off',
    ],
    [
      'the leader has not heard it for long, and others do',
      facts([member(1, [broken(3, { silentMs: 10_000 })]), member(2, []), member(3, undefined)]),
      3,
      'remove',
      'cut-off',
    ],
    [
      'a link is broken, not for long',
      facts([
        member(1, []),
        member(2, [broken(3, { forMs: 9_000 })]),
        member(3, [broken(2, { forMs: 9_000 })]),
      ]),
      3,
      'keep',
      'outvoted',
    ],
    [
      'of a broken pair the younger goes',
      facts([member(1, []), member(2, [broken(3)]), member(3, [broken(2)])]),
      3,
      'remove',
      'link-broken',
    ],
    [
      'and the older stays',
      facts([member(1, []), member(2, [broken(3)]), member(3, [broken(2)])]),
      2,
      'keep',
      'outvoted',
    ],
    [
      'unless the older has more broken links',
      facts([
        member(1, []),
        member(2, [broken(3), broken(4)]),
        member(3, [broken(2)]),
        member(4, [broken(2)]),
      ]),
      2,
      'remove',
      'link-broken',
    ],
    [
      'or does not vote',
      facts([member(1, []), member(2, [broken(3)], { isVoter: false }), member(3, [broken(2)])]),
      2,
      'remove',
      'link-broken',
    ],
    [
      'one that follows is not removed if the quorum needs it',
      facts([member(1, []), member(2, [broken(3)]), member(3, [broken(2)]), member(4), member(5)]),
      3,
      'keep',
      'leader-unsure',
    ],
    [
      'a leader that alone votes decides alone',
      facts([member(1, [opinion(2)]), member(2, undefined, { isVoter: false })]),
      2,
      'remove',
      'silent',
    ],
    [
      'one of two voters decides nothing',
      facts([member(1, [opinion(2)]), member(2)]),
      2,
      'keep',
      'leader-unsure',
    ],
  ]
  test.each(table)('%s', (_, known, subject, ...[act, why]) => {
    expect(judge(known, subject)).toMatchObject({ act, why })
  })

  test('waits until the last lease that can have been granted is over', () => {
    const known = facts([
      member(1, [gone(3)]),
      member(2, [gone(3)]),
      member(3, undefined, { grantedMs: nowMs - 400 }),
    ])
    const judgement = judge(known, 3)
    if (judgement.act !== 'wait') expect.fail(judgement.act)
    expect(judgement.untilMs - nowMs).toBeCloseTo(1_200 * (1.01 / 0.99) + 50 - 400, 6)
  })
})

test('of several the one goes first that follows the leader no more, and one at a time', () => {
  const known = facts([
    member(1, [gone(5), opinion(4)]),
    member(2, [gone(5), opinion(4), broken(3)]),
    member(3, [gone(5), opinion(4), broken(2)]),
    member(4),
    member(5),
  ])
  const judged = [1, 2, 3, 4, 5].map((subject) => decide(known, subject, 0))
  expect(judged.map(({ judgement }) => judgement.act)).toEqual(['keep', 'keep', 'keep', 'remove', 'remove'])
  expect(firstRemoval(judged)?.subject).toBe(5)
  expect(firstRemoval(judged.slice(0, 4))?.subject).toBe(4)
  expect(firstRemoval([])).toBeUndefined()
})

test('a decision is plain data and explains itself, also after it was stored', () => {
  const decision = decide(
    facts([member(1, [gone(3)]), member(2, [opinion(3, { flaps: 2 })]), member(3)]),
    3,
    1_767_225_600_000,
  )
  expect(structuredClone(decision)).toEqual(decision)
  const stored = explained(decision)
  expect(explain(stored)).toEqual(explain(decision))
  expect(stored).toMatchObject({ atMs: 1_767_225_600_000, by: 1 })
  expect(explain(decision)).toEqual([
    'n3 is kept: its silence is shorter than what is borne',
    '  decided by    1 in term 2, view 4',
    '  confirmed     by a quorum 100 ms ago',
    '  voters heard  2 of the 2 needed: 1, 2',
    '  listened to   2: 1, 2',
    '  against it    2 of 2',
    '  1 says        suspects: refused, silent for 400 ms, phi 12, for 1200 ms, said 100 ms ago',
    '  2 says        suspects: silence, silent for 2000 ms, phi 12, for 1200 ms, said 100 ms ago; lifted 2 times lately',
    '  last granted  received 5000 ms before the decision',
    '  lease         1200 ms, drift 1 %, margin 50 ms; over for certain 3726 ms before the decision',
  ])
})
