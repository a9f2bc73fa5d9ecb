// Tests of the talk sketch: heavy talkers are found among a flood of light ones, in bounded memory.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TalkSketch } from '../../../node/threads/talk.ts'

test('pairs are told with their weights, the heaviest first', () => {
  const sketch = new TalkSketch()
  for (const [from, to, weight] of [
    ['a', 'b', 1],
    ['b', 'a', 5],
    ['a', 'b', 2],
    ['c', 'd', 3],
  ] as const)
    sketch.note(from, to, weight)
  expect(sketch.top(2)).toEqual([
    { from: 'b', to: 'a', weight: 5, errorMax: 0 },
    { from: 'a', to: 'b', weight: 3, errorMax: 0 },
  ])
})

test('a hundred thousand pairs leave a thousand, and the heavy ones among them', () => {
  const sketch = new TalkSketch()
  for (let i = 0; i < 100_000; i++) {
    sketch.note(`a${i}`, `b${i}`, 1)
    if (i % 50 === 0) sketch.note('heavy', 'one', 1)
  }
  expect(sketch.count).toBe(1_000)
  expect(sketch.top(1)[0]).toMatchObject({ from: 'heavy', to: 'one' })
})

test('the true weight lies between the weight less its error and the weight; no heavy pair is missed', () => {
  const notes = fc.array(fc.tuple(fc.nat(12), fc.integer({ min: 1, max: 9 })), { maxLength: 300 })
  fc.assert(
    fc.property(notes, (all) => {
      const sketch = new TalkSketch(5)
      const truth = new Map<string, number>()
      for (const [pair, weight] of all) {
        sketch.note(`p${pair}`, 'x', weight)
        truth.set(`p${pair}`, (truth.get(`p${pair}`) ?? 0) + weight)
      }
      const top = sketch.top(100)
      expect(top.length).toBeLessThanOrEqual(5)
      for (const { from, weight, errorMax } of top) {
        expect(truth.get(from)).toBeLessThanOrEqual(weight)
        expect(truth.get(from)).toBeGreaterThanOrEqual(weight - errorMax)
      }
      const sum = [...truth.values()].reduce((a, b) => a + b, 0)
      const known = new Set(top.map(({ from }) => from))
      for (const [from, weight] of truth) if (weight > sum / 5) expect(known).toContain(from)
    }),
  )
})

test('a decay halves what was, and forgets what was little', () => {
  const sketch = new TalkSketch()
  sketch.note('a', 'b', 8)
  sketch.note('c', 'd', 1)
  sketch.decay()
  expect(sketch.top(9)).toEqual([{ from: 'a', to: 'b', weight: 4, errorMax: 0 }])
  sketch.note('c', 'd', 5)
  expect(sketch.top(1)).toMatchObject([{ from: 'c', weight: 5 }])
  for (let i = 0; i < 4; i++) sketch.decay()
  expect(sketch.count).toBe(0)
})

test('who has gone is forgotten on both sides', () => {
  const sketch = new TalkSketch()
  sketch.note('a', 'b', 3)
  sketch.note('b', 'c', 2)
  sketch.note('c', 'a', 1)
  sketch.forget('b')
  expect(sketch.top(9)).toMatchObject([{ from: 'c', to: 'a' }])
})

test('a weight that is none is not noted', () => {
  const sketch = new TalkSketch()
  for (const weight of [0, -1, NaN, Infinity]) sketch.note('a', 'b', weight)
  expect(sketch.count).toBe(0)
})
