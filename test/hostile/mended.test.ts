// What hostile members, and processes that do not know yet that they are none, have shown to be missing; each as small as it can be.
import { expect, test } from 'vitest'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'
import { ReplyTable } from '../../transports/link/reply-table.ts'
import { Takeovers } from '../../node/cluster/takeovers.ts'
import type { Home } from '../../actors/cluster/state/home.ts'

const home: Home = {
  top: 'clicks',
  node: 'a',
  member: 1,
  epoch: 2,
  onLoss: 'rehome',
  definition: 'counter@1',
  spec: new Uint8Array(0),
  isSingleton: false,
  ticket: 1,
  isSettled: false,
}

test.each([true, false])(
  'a root starts here only when it can live nowhere else, asked for (%s) or not',
  async (isWanted) => {
    const clock = new ManualClock()
    const started: number[] = []
    const takeovers = new Takeovers({
      clock,
      home: () => home,
      member: () => 1,
      start: () => {
        started.push(clock.now())
        return Promise.resolve()
      },
      settled: () => undefined,
      failed: () => undefined,
    })
    const beganMs = clock.now()
    const answers: number[] = []
    takeovers.add('clicks', beganMs + 1_275)
    if (isWanted) takeovers.want('clicks', () => answers.push(clock.now()))
    await clock.advance(1_274)
    expect(started).toEqual([])
    await clock.advance(5)
    expect([started, takeovers.count]).toEqual([[beganMs + 1_275], 0])
    expect(answers).toHaveLength(isWanted ? 1 : 0)
  },
)

test('a node takes out only what it was asked, a thread what it likes', () => {
  const table = new ReplyTable()
  const waiting = { settle: () => undefined, refuse: () => undefined }
  const id = table.open(waiting, -3)
  expect([table.take(id, -2), table.peek(id, -2), table.peek(id, -3)]).toEqual([
    undefined,
    undefined,
    waiting,
  ])
  expect(table.take(id, 4)).toBe(waiting)
  expect(table.count).toBe(0)
})

test('questions for others are forgotten once those wait no more', () => {
  const table = new ReplyTable()
  let isOver = false
  const asked = { settle: () => undefined, refuse: () => undefined, isOver: () => isOver }
  for (let count = 0; count < 1_024; count++) table.open(asked, -3)
  isOver = true
  table.open({ settle: () => undefined, refuse: () => undefined }, -3)
  expect(table.count).toBe(1)
})
