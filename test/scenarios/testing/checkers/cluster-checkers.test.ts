// Tests of the checkers of a cluster: each accepts a sound story, and finds each breach that is planted into it.
import { describe, expect, test } from 'vitest'
import { checkAccuracy } from '../../../../scenarios/testing/checkers/check-accuracy.ts'
import { checkSingle } from '../../../../scenarios/testing/checkers/check-single.ts'
import { checkView } from '../../../../scenarios/testing/checkers/check-view.ts'
import type { AccuracyEvent } from '../../../../scenarios/testing/checkers/check-accuracy.ts'
import type { SingleEvent } from '../../../../scenarios/testing/checkers/check-single.ts'
import type { Verdict } from '../../../../scenarios/testing/checkers/verdict.ts'
import type { ViewEvent } from '../../../../scenarios/testing/checkers/check-view.ts'

type Case<T> = readonly [name: string, story: readonly T[], holds: Verdict['holds'], reason?: string]

function cases<T>(name: string, check: (story: readonly T[]) => Verdict, table: readonly Case<T>[]): void {
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

const installed = (node: string, view: number, content = `v${view}`): ViewEvent => ({
  type: 'installed',
  node,
  view,
  content,
})
const decided = (view: number, voters: string, by: string): ViewEvent => ({
  type: 'decided',
  view,
  voters: [...voters],
  by: [...by],
})

cases('C-VIEW', checkView, [
  ['nothing', [], 'unknown', 'there were no installed views'],
  ['two nodes agree', [installed('a', 1), installed('b', 1), installed('a', 2)], true, 'over 3'],
  ['a node that skips one', [installed('a', 1), installed('a', 3)], true],
  ['two nodes differ', [installed('a', 1), installed('b', 1, 'other')], false, 'view 1 of b is other'],
  ['a node that goes back', [installed('a', 2), installed('a', 1)], false, 'a installed view 1 after 2'],
  ['one twice', [installed('a', 2), installed('a', 2)], false, 'after 2'],
  ['a quorum', [decided(1, 'abc', 'a'), decided(2, 'abc', 'ab'), installed('a', 2)], true],
  ['less than a quorum', [decided(1, 'abc', 'a'), decided(2, 'abc', 'a')], false, '2 are a quorum'],
  ['a quorum of new voters only', [decided(1, 'abc', 'a'), decided(2, 'abde', 'de')], false],
  ['one voter more', [decided(1, 'abc', 'a'), decided(2, 'abcd', 'ab'), installed('a', 2)], true],
  ['two voters for two', [decided(1, 'abc', 'a'), decided(2, 'ade', 'ab')], false, 'in common'],
  ['a hole', [decided(1, 'abc', 'a'), decided(3, 'abc', 'abc')], false, 'none between'],
  ['one decided twice', [decided(1, 'abc', 'a'), decided(1, 'ab', 'abc')], false, 'twice'],
  ['one that nobody decided', [decided(1, 'abc', 'a'), installed('a', 2)], false, 'nobody decided'],
])

const lived = (epoch: number, fromMs: number, untilMs?: number, node = `n${epoch}`): SingleEvent => ({
  type: 'lived',
  identity: 'bank',
  epoch,
  node,
  fromMs,
  untilMs,
})
const wrote = (epoch: number, atMs: number): SingleEvent => ({ type: 'wrote', identity: 'bank', epoch, atMs })

cases('C-SINGLE', checkSingle, [
  ['nothing', [], 'unknown', 'there were no lives'],
  ['one after the other', [lived(1, 0, 5), lived(2, 5, 9), lived(3, 12)], true, 'over 3 lives'],
  ['frozen and thawed', [lived(1, 0, 5), lived(1, 7, 9), lived(2, 9)], true],
  ['two at once', [lived(1, 0, 6), lived(2, 5)], false, 'could act until 6 ms'],
  ['one that never ended', [lived(1, 0), lived(2, 5)], false, 'until Infinity ms'],
  ['a long one over a short one', [lived(1, 0, 20), lived(1, 20, 21), lived(2, 20.5, 22)], false],
  ['into a third', [lived(1, 0, 50, 'a'), lived(2, 50, 51), lived(3, 50.5)], false],
  ['an epoch that falls', [lived(2, 0, 5), lived(1, 6, 8)], false, 'epoch 1 on n1 came after epoch 2 on n2'],
  ['an epoch on two nodes', [lived(1, 0, 5, 'a'), lived(1, 6, 8, 'b')], false],
  ['an end before the beginning', [lived(1, 5, 4)], false],
  ['other identities', [lived(1, 0), { ...lived(1, 0), identity: 'shop' }], true],
  ['writes of their time', [lived(1, 0, 5), wrote(1, 4), lived(2, 6), wrote(2, 7)], true],
  [
    'a late write',
    [lived(1, 0, 5), lived(2, 6), wrote(1, 7)],
    false,
    'a write of epoch 1 was accepted at 7 ms',
  ],
])

const fault = (
  what: string,
  fromMs: number,
  untilMs: number | undefined,
  isBorne = false,
): AccuracyEvent => ({
  type: 'fault',
  member: 1,
  what,
  fromMs,
  untilMs,
  isBorne,
})
const removed = (atMs: number, member = 1): AccuracyEvent => ({ type: 'removed', member, atMs })
const bounds = { removedMsMax: 3_000, afterMsMax: 500, endMs: 60_000 }

cases<AccuracyEvent>('C-ACCURACY', (story) => checkAccuracy(story, bounds), [
  ['nothing', [], 'unknown', 'there were no faults'],
  ['a pause that is borne', [fault('pause', 100, 600, true)], true, 'over 1 faults'],
  ['a removal for it', [fault('pause', 100, 600, true), removed(500)], false, 'all that had was "pause"'],
  ['a removal for nothing', [removed(500)], false, 'nothing had happened to it'],
  ['a removal before the fault', [fault('kill', 600, undefined), removed(500)], false],
  ['a kill that is found', [fault('kill', 100, undefined), removed(1_400)], true],
  ['one found late', [fault('kill', 100, undefined), removed(3_200)], false, 'removed at 3200 ms'],
  ['one not found', [fault('kill', 100, undefined)], false, 'it was not removed'],
  ['one at the very end', [fault('kill', 59_000, undefined)], true],
  ['a stop that ended in time', [fault('stop', 100, 2_000)], true],
  ['removed just after it', [fault('stop', 100, 2_000), removed(2_400)], true],
  ['removed long after it', [fault('stop', 100, 2_000), removed(9_000)], false],
  ['another removed', [fault('kill', 100, undefined), removed(1_400), removed(1_500, 2)], false, 'member 2'],
])
