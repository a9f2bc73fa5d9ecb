// Tests of pins: where an entity wakes that has lately slept, for how long that is remembered, and of how many.
import { expect, test } from 'vitest'
import { pinMsMax, Pins, pinsMax } from '../../../node/entities/pins.ts'

test('one wakes once where it has lately slept', () => {
  const pins = new Pins()
  pins.note('a/1', 2, 0)
  expect(pins.take('a/1', pinMsMax - 1)).toBe(2)
  expect(pins.take('a/1', 0)).toBeUndefined()
})

test('after a minute it may wake anywhere, and is forgotten as others fall asleep', () => {
  const pins = new Pins()
  pins.note('a/1', 2, 0)
  pins.note('a/2', 2, 0)
  pins.note('a/3', 2, pinMsMax)
  expect(pins.count).toBe(1)
  pins.note('a/4', 2, pinMsMax)
  expect(pins.take('a/4', pinMsMax * 2)).toBeUndefined()
})

test('of too many those that fell asleep first are forgotten', () => {
  const pins = new Pins()
  for (let key = 0; key <= pinsMax + 10; key++) pins.note(`a/${key}`, 1, 0)
  expect(pins.count).toBe(pinsMax)
  expect(pins.take('a/0', 1)).toBeUndefined()
  expect(pins.take(`a/${pinsMax}`, 1)).toBe(1)
})
