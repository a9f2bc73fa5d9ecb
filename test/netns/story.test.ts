// Tests of the story of a run: that what must not happen would be seen.
import { expect, test } from 'vitest'
import { judge } from './story.ts'
import type { Account, Line } from './story.ts'

const message = (id: number): string => `d r ${id}`

function sent(id: number, atMs: number): Line {
  return { type: 'sent', atMs, member: 1, id: message(id), from: 'd', to: 'r', seq: id }
}

function handled(
  id: number,
  at: { readonly atMs: number; readonly member: number; readonly epoch: number },
): Line[] {
  const line = { ...at, by: 'r', id: message(id), life: 1 }
  return [
    { type: 'received', ...line },
    { type: 'handled', ...line },
  ]
}

function account(process: string, lines: readonly Line[]): Account {
  return { process, lines, isKilled: false }
}

/** Member 1 handles the first and the last message, member 2 one between. */
const twice = [
  account('a', [sent(1, 0), sent(2, 0), sent(3, 0), ...handled(1, { atMs: 1, member: 1, epoch: 1 })]),
  account('b', handled(2, { atMs: 2, member: 2, epoch: 2 })),
]

test('two processes that handle messages of one root in turn are two lives at once', () => {
  const late = account('a', handled(3, { atMs: 3, member: 1, epoch: 1 }))
  const [first, second] = twice
  const whole = account('a', [...(first?.lines ?? []), ...late.lines])
  expect(judge([whole, second ?? late], 0)['single home']?.holds).toBe(false)
  expect(judge(twice, 0)['single home']?.holds).toBe(true)
})

test('a message that is handled after a later one of its sender is out of order', () => {
  const lines = [sent(1, 0), sent(2, 0)]
  const late = [
    ...handled(2, { atMs: 1, member: 1, epoch: 1 }),
    ...handled(1, { atMs: 2, member: 1, epoch: 1 }),
  ]
  expect(judge([account('a', [...lines, ...late])], 0)['fifo per sender']?.holds).toBe(false)
})

test('two nodes that have other members in one view do not agree', () => {
  const view = (members: readonly [number, string, string][]): Line => ({
    type: 'view',
    atMs: 1,
    member: 1,
    index: 7,
    members,
  })
  const accounts = [account('a', [view([[1, 'a', 'up']])]), account('b', [view([[2, 'b', 'up']])])]
  expect(judge(accounts, 0)['views agree']?.holds).toBe(false)
})
