// Tests of what the messages and the travellers of the suite `threads` carry: sizes that the names promise.
import { describe, expect, test } from 'vitest'
import { ballast } from '../../../bench/threads/ballast.ts'
import { payloads, sumOf } from '../../../bench/threads/payload.ts'

const jsonBytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

describe('payloads', () => {
  for (const [name, least, most] of [
    ['16', 14, 20],
    ['100', 90, 110],
    ['1k', 1_000, 1_060],
  ] as const) {
    test(`one of "${name}" has ${least} to ${most} bytes as JSON, whichever it is`, () => {
      for (const index of [0, 99_999]) {
        expect(jsonBytes(payloads[name].make(index))).toBeGreaterThanOrEqual(least)
        expect(jsonBytes(payloads[name].make(index))).toBeLessThanOrEqual(most)
      }
    })
  }

  test('one of "64k" is as many bytes', () => {
    expect(payloads['64k'].make(0)).toHaveLength(65_536)
  })

  test('what was made is read, so that the sum tells whether all have come', () => {
    expect(sumOf(payloads['100'], 5)).toBe(0 + 1 + 2 + 3 + 4)
    expect(sumOf(payloads['1k'], 3)).toBe(0 + 1 + 2)
    expect(sumOf(payloads['64k'], 2)).toBe(7 + 7)
  })

  test('a repetition is a whole number of shares of credit, and more than the two that are sent at once', () => {
    for (const { messages, creditMessages } of Object.values(payloads)) {
      expect(messages % creditMessages).toBe(0)
      expect(messages / creditMessages).toBeGreaterThan(2)
    }
  })
})

describe('ballast', () => {
  for (const bytes of [100, 1_024, 65_536, 1_048_576]) {
    test(`of ${bytes} bytes is hardly more than that`, () => {
      expect(jsonBytes(ballast(bytes))).toBeGreaterThanOrEqual(bytes)
      expect(jsonBytes(ballast(bytes))).toBeLessThan(bytes + 100)
    })
  }

  test('no two entries are the same', () => {
    const ids = ballast(1_024).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})
