// Tests of what the events of the suite `journal` carry, and of how its jobs are spread.
import { describe, expect, test } from 'vitest'
import { gzipSync } from 'node:zlib'
import { inPlaces } from '../../../bench/journal/places.ts'
import { Notes } from '../../../bench/journal/note.ts'

describe('notes', () => {
  for (const [size, least, most] of [
    ['100', 90, 100],
    ['1k', 1_010, 1_024],
  ] as const) {
    test(`one of "${size}" has ${least} to ${most} bytes as JSON, whichever it is`, () => {
      const notes = new Notes(size)
      for (const index of [0, 204_799]) {
        const { length } = JSON.stringify(notes.make(index))
        expect(length).toBeGreaterThanOrEqual(least)
        expect(length).toBeLessThanOrEqual(most)
        expect(notes.bytes(index)).toHaveLength(size === '100' ? 100 : 1_024)
      }
    })
  }

  test('many of them cannot be packed into much less', () => {
    const notes = new Notes('100')
    const bodies = Buffer.concat(Array.from({ length: 1_000 }, (_, index) => notes.bytes(index)))
    expect(gzipSync(bodies).length).toBeGreaterThan(bodies.length * 0.99)
  })
})

test('each job is done once, and no more are under way than there are places', async () => {
  const done: number[] = []
  let underWay = 0
  let most = 0
  await inPlaces(3, 10, async (index) => {
    most = Math.max(most, ++underWay)
    await Promise.resolve()
    underWay--
    done.push(index)
  })
  expect(done.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(most).toBe(3)
})
