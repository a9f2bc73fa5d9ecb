// Tests of the reply table: whoever waits is found by a number, once.
import { expect, test } from 'vitest'
import { repliesOpenMax, ReplyTable } from '../../../transports/link/reply-table.ts'
import type { Waiting } from '../../../transports/link/reply-table.ts'

function waiting(): Waiting {
  return { settle: () => undefined, refuse: () => undefined }
}

test('whoever waits is taken once, by its number', () => {
  const table = new ReplyTable()
  const [one, two] = [waiting(), waiting()]
  const ids = [table.open(one, 1), table.open(two, 1)]
  expect(new Set(ids).size).toBe(2)
  expect(table.peek(ids[1]!)).toBe(two)
  expect(table.take(ids[1]!)).toBe(two)
  expect(table.take(ids[1]!)).toBeUndefined()
  expect(table.take(ids[0]!)).toBe(one)
  expect(table.count).toBe(0)
})

test('a number is not used again while others are open', () => {
  const table = new ReplyTable()
  const first = table.open(waiting(), 1)
  table.delete(first)
  expect(table.open(waiting(), 1)).not.toBe(first)
})

test('numbers begin anew where a word ends, without those that are open', () => {
  const table = new ReplyTable(0x7fff_fffe)
  const last = table.open(waiting(), 1)
  expect(last).toBe(0x7fff_ffff)
  expect([table.open(waiting(), 1), table.open(waiting(), 1)]).toEqual([1, 2])
})

test('all that were sent to a lost thread are taken, but for those that never left', () => {
  const table = new ReplyTable()
  const [lost, kept, other, forwarded] = [waiting(), waiting(), waiting(), waiting()]
  table.open(lost, 1)
  const keptId = table.open(kept, 1)
  const otherId = table.open(other, 2)
  table.sentTo(table.open(forwarded, 2), 1)
  expect(table.takeAll(1, new Set([keptId]))).toEqual([lost, forwarded])
  expect([table.peek(keptId), table.peek(otherId), table.count]).toEqual([kept, other, 2])
})

test('it is full when as many wait as may, and not before', () => {
  const table = new ReplyTable()
  const one = waiting()
  for (let open = 1; open < repliesOpenMax; open++) table.open(one, 1)
  expect(table.isFull).toBe(false)
  const last = table.open(one, 1)
  expect(table.isFull).toBe(true)
  table.delete(last)
  expect(table.isFull).toBe(false)
})
