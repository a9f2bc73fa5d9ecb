// Tests of the checkers of a journal: each accepts a sound story, and finds each breach that is planted into it.
import { describe, expect, test } from 'vitest'
import { checkAcked } from '../../../../scenarios/testing/checkers/check-acked.ts'
import { checkFence } from '../../../../scenarios/testing/checkers/check-fence.ts'
import { checkPrefix } from '../../../../scenarios/testing/checkers/check-prefix.ts'
import type {
  Answered,
  JournalEvent,
  JournalStory,
  StoryRecord,
} from '../../../../scenarios/testing/checkers/journal-story.ts'
import type { RecordKind } from '../../../../runtime/journal.ts'
import type { Verdict } from '../../../../scenarios/testing/checkers/verdict.ts'

const record = (seq: number, epoch = 1, mark = `${seq}`, kind: RecordKind = 'commit'): StoryRecord => ({
  seq,
  epoch,
  kind,
  mark,
})
const wanted = (attempt: number, one: StoryRecord): JournalEvent => ({
  type: 'attempted',
  attempt,
  id: 'ada',
  ...one,
})
const said = (attempt: number, how: Answered['how'] = 'safe'): JournalEvent => ({
  type: 'answered',
  attempt,
  how,
})
const claiming = (claim: number): JournalEvent => ({ type: 'claiming', claim, id: 'ada' })
const claimed = (
  claim: number,
  seq: number,
  records: readonly StoryRecord[],
  epoch = claim,
): JournalEvent => ({
  type: 'claimed',
  claim,
  id: 'ada',
  epoch,
  seq,
  records,
})
const claim = (epoch: number, ...records: readonly StoryRecord[]): JournalEvent[] => [
  claiming(epoch),
  claimed(epoch, records.at(-1)?.seq ?? 0, records),
]
const kept = (attempt: number, one: StoryRecord): JournalEvent[] => [wanted(attempt, one), said(attempt)]

type Case = readonly [name: string, story: JournalStory, holds: Verdict['holds'], reason?: string]

function cases(name: string, check: (story: JournalStory) => Verdict, table: readonly Case[]): void {
  describe(name, () => {
    for (const [what, story, holds, reason = ''] of table) {
      test(`${what}: ${String(holds)}`, () => {
        const verdict = check(story)
        expect(verdict.holds).toBe(holds)
        expect(verdict.reason).toContain(reason)
      })
    }
  })
}

const [one, two, three] = [record(1), record(2), record(3)]
const begun = [...claim(1), ...kept(1, one), ...kept(2, two)]

cases('C-ACKED', checkAcked, [
  ['nothing', [], 'unknown', 'there were no safe records'],
  ['all found', [...begun, ...claim(2, one, two)], true, 'over 2 safe records'],
  ['what was not answered found or not', [...begun, wanted(3, three), ...claim(2, one, two)], true],
  ['what was not answered found', [...begun, wanted(3, three), ...claim(2, one, two, three)], true],
  [
    'what is unknown found',
    [...begun, wanted(3, three), said(3, 'unknown'), ...claim(2, one, two, three)],
    true,
  ],
  ['the last one lost', [...begun, ...claim(2, one)], false, 'commit 2 of "ada" by epoch 1 was safe'],
  ['the first one lost', [...begun, ...claim(2, two)], false, 'commit 1'],
  ['all lost', [...begun, ...claim(2)], false, 'up to 0 only'],
  ['one with another body', [...begun, ...claim(2, one, record(2, 1, 'x'))], false, 'has not recovered it'],
  ['one by another', [...begun, ...claim(2, one, record(2, 2))], false, 'has not recovered it'],
  [
    'one that was refused',
    [...begun, wanted(3, three), said(3, 'refused'), ...claim(2, one, two, three)],
    false,
    'commit 3 of "ada" by epoch 1 was refused',
  ],
  [
    'one that was refused, and then tried again',
    [...begun, wanted(3, three), said(3, 'refused'), ...kept(4, three), ...claim(2, one, two, three)],
    true,
  ],
  [
    'a snapshot in the place of those before it',
    [...begun, ...kept(3, three), ...claim(2, record(2, 1, 's', 'snapshot'), three)],
    true,
  ],
  [
    'a whole one in the place of those before it',
    [...begun, ...kept(3, record(3, 1, 'w', 'whole')), ...claim(2, record(3, 1, 'w', 'whole'))],
    true,
  ],
  [
    'nothing after an end',
    [...begun, ...kept(3, record(3, 1, 'e', 'end')), claiming(2), claimed(2, 3, [])],
    true,
  ],
  [
    'an end that is forgotten itself',
    [...begun, ...kept(3, record(3, 1, 'e', 'end')), claiming(2), claimed(2, 2, [one, two])],
    false,
    'end 3',
  ],
  [
    'what the next owner was quicker to write',
    [...begun, claiming(2), ...claim(3, one, two), ...kept(3, record(3, 3)), claimed(2, 2, [one, two])],
    true,
  ],
])

cases('C-PREFIX', checkPrefix, [
  ['nothing', [], 'unknown', 'there were no recovered records'],
  ['all in order', [...begun, ...claim(2, one, two)], true, 'over 2 recovered records'],
  ['a beginning', [...begun, wanted(3, three), ...claim(2, one, two)], true],
  ['twice the same', [...begun, ...claim(2, one, two), ...claim(3, one, two)], true],
  ['a hole', [...begun, ...kept(3, three), ...claim(2, one, three)], false, 'commit 3'],
  ['out of order', [...begun, ...claim(2, two, one)], false, 'after number 2'],
  ['one twice', [...begun, ...claim(2, one, one)], false, 'after number 1'],
  ['the last one missing', [...begun, claiming(2), claimed(2, 2, [one])], false, 'has 2 as its last number'],
  ['one that nobody wrote', [...begun, ...claim(2, one, two, three)], false, 'never attempted like that'],
  [
    'one with another body',
    [...begun, ...claim(2, one, record(2, 1, 'x'))],
    false,
    'never attempted like that',
  ],
  [
    'a lower epoch after a higher one',
    [...begun, wanted(3, record(2, 3)), wanted(4, three), ...claim(4, one, record(2, 3), three)],
    false,
    'after one of epoch 3',
  ],
  [
    'a snapshot behind commits',
    [
      ...begun,
      ...kept(3, record(2, 1, 's', 'snapshot')),
      ...claim(2, one, two, record(2, 1, 's', 'snapshot')),
    ],
    false,
    'that it replaces',
  ],
  [
    'an end',
    [...begun, ...kept(3, record(3, 1, 'e', 'end')), ...claim(2, record(3, 1, 'e', 'end'))],
    false,
    'end 3',
  ],
  [
    'one that has changed since',
    [...begun, wanted(3, record(2, 1, 'x')), ...claim(2, one, two), ...claim(3, one, record(2, 1, 'x'))],
    false,
    'before it was',
  ],
])

cases('C-FENCE', checkFence, [
  ['nothing', [], 'unknown', 'there were no claims'],
  [
    'one owner after the other',
    [...begun, ...claim(2, one, two), ...kept(3, record(3, 2))],
    true,
    'over 2 claims',
  ],
  ['a record without a claim', kept(1, one), false, 'has claimed nothing'],
  ['a record of an epoch to come', [...claim(1), ...kept(1, record(1, 2))], false, 'has claimed nothing'],
  [
    'an old owner that writes behind the claim',
    [...begun, ...claim(2, one, two), ...kept(3, three)],
    false,
    'epoch 2 had found 2 as the last number',
  ],
  [
    'an answer that comes after the claim',
    [...begun, wanted(3, three), ...claim(2, one, two, three), said(3)],
    true,
  ],
  [
    'an old owner that is refused',
    [...begun, ...claim(2, one, two), wanted(3, three), said(3, 'refused')],
    true,
  ],
  ['a number given twice', [...begun, ...kept(3, record(2, 1, 'x'))], false, 'and so is commit 2'],
  [
    'two snapshots at one number',
    [...begun, ...[3, 4].flatMap((at) => kept(at, record(2, 1, 's', 'snapshot')))],
    true,
  ],
  ['an epoch given twice', [...claim(1), claiming(2), claimed(2, 0, [], 1)], false, 'was claimed by epoch 1'],
  ['a lower epoch', [...claim(3), claiming(4), claimed(4, 0, [], 2)], false, 'after epoch 3'],
  ['a lower epoch that was asked for before', [claiming(1), ...claim(2), claimed(1, 0, [])], true],
  ['an answer to nothing', [...claim(1), said(7)], false, 'never made'],
])
