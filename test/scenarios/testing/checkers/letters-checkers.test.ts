// Tests of the checkers of reliable messages: each accepts a sound story, and finds each breach that is planted into it.
import { expect, test } from 'vitest'
import { checkOnceEffect } from '../../../../scenarios/testing/checkers/check-once-effect.ts'
import { checkQueue } from '../../../../scenarios/testing/checkers/check-queue.ts'
import type { LettersStory } from '../../../../scenarios/testing/checkers/letters-story.ts'

const letter = (id: number, from = 'a', to = 'b') => ({ id, from, to })
const effect = (id: number, by = 'b') => ({ id, by })
const sound: LettersStory = {
  accepted: [letter(1), letter(2), letter(3, 'c'), letter(4)],
  effects: [effect(3), effect(1), effect(4)],
  givenUp: [2],
  isWhole: true,
}

test('a sound story is kept', () => {
  expect(checkOnceEffect(sound).holds).toBe(true)
  expect(checkQueue(sound).holds).toBe(true)
})

test('a story without messages tells nothing', () => {
  const empty = { accepted: [], effects: [], givenUp: [], isWhole: true }
  expect(checkOnceEffect(empty).holds).toBe('unknown')
  expect(checkQueue(empty).holds).toBe('unknown')
})

test.each([
  ['lost', { effects: [effect(3), effect(1)] }, 'message 4 from "a" to "b" took no effect'],
  ['doubled', { effects: [...sound.effects, effect(1)] }, 'message 1 took effect at "b" twice'],
  ['invented', { effects: [...sound.effects, effect(9)] }, 'message 9 took effect at "b", but was never'],
  ['misled', { effects: [effect(3, 'd'), effect(1), effect(4)] }, 'message 3 was for "b"'],
  ['given up too late', { givenUp: [2, 1] }, 'message 1 took effect, and was given up'],
  ['named twice', { accepted: [...sound.accepted, letter(4)] }, 'two messages were accepted with one id'],
] as const)('an effect that is %s is found', (_, breach, reason) => {
  const verdict = checkOnceEffect({ ...sound, ...breach })
  expect(verdict.holds).toBe(false)
  expect(verdict.reason).toContain(reason)
})

test('what is missing from a story that goes on may still come', () => {
  expect(checkOnceEffect({ ...sound, effects: [], isWhole: false }).holds).toBe('unknown')
})

test.each([
  ['out of order', { effects: [effect(4), effect(1)] }, '"b" took 4 from "a", and 1 was next'],
  ['behind a gap', { effects: [effect(4)] }, '1 was next'],
  ['a second time', { effects: [effect(3), effect(3)] }, 'nothing was next'],
  ['by somebody else', { effects: [effect(1, 'd')] }, 'unasked'],
] as const)('an effect %s is found', (_, breach, reason) => {
  const verdict = checkQueue({ ...sound, ...breach })
  expect(verdict.holds).toBe(false)
  expect(verdict.reason).toContain(reason)
})
