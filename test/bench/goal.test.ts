// Tests of the goal: what is met, and by how much another is missed.
import { expect, test } from 'vitest'
import { judge, rivalOf } from '../../bench/goal.ts'

test('a bound that is just reached is met', () => {
  expect(judge({ min: 10 }, 10, {})).toEqual({ isMet: true, missedBy: 0 })
  expect(judge({ max: 10 }, 10, {})).toEqual({ isMet: true, missedBy: 0 })
})

test('a missed bound says by which share of it', () => {
  expect(judge({ min: 10 }, 8, {}).missedBy).toBeCloseTo(0.2)
  expect(judge({ max: 10 }, 15, {})).toEqual({ isMet: false, missedBy: 0.5 })
})

test('a share of the limit is asked of the limit of the same run', () => {
  expect(judge({ minOf: { limit: 0.4 } }, 40, { limit: 100 }).isMet).toBe(true)
  expect(judge({ minOf: { limit: 0.4 } }, 40, { limit: 200 }).missedBy).toBeCloseTo(0.5)
})

test('without a limit its share is not judged', () => {
  expect(judge({ min: 1, minOf: { limit: 0.4 } }, 1, { troupe: 1 }).isMet).toBe(true)
})

test('how many times as long as somebody else it may take is asked of the same run', () => {
  expect(judge({ maxOf: { 'classic-level': 1.5 } }, 3, { 'classic-level': 2 }).isMet).toBe(true)
  expect(judge({ maxOf: { 'classic-level': 1.5 } }, 6, { 'classic-level': 2 }).missedBy).toBeCloseTo(1)
})

test('a value is compared with that of whom the goal speaks, otherwise with the limit', () => {
  expect(rivalOf({ min: 1 })).toBe('limit')
  expect(rivalOf({ minOf: { 'classic-level': 0.75 } })).toBe('classic-level')
  expect(rivalOf({ maxOf: { postmessage: 1 } })).toBe('postmessage')
})

test('of several missed bounds the worst counts', () => {
  expect(judge({ min: 10, minOf: { limit: 0.4 } }, 9, { limit: 100 }).missedBy).toBeCloseTo(0.775)
})

test('no bounds are met by anything', () => {
  expect(judge({}, 0, { limit: 0 })).toEqual({ isMet: true, missedBy: 0 })
})
