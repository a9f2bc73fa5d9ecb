// Tests of hints: what another node says of a root's home is believed once the guide says so, and asked after no longer than it may be.
import { expect, test } from 'vitest'
import { Hints, hintsWaitingMax } from '../../../transports/link/hints.ts'
import type { Deadline } from '../../../runtime/deadline.ts'
import type { Home } from '../../../transports/link/record.ts'
import type { Host } from '../../../runtime/cell.ts'
import type { Roads } from '../../../transports/link/roads.ts'

/** A road to `top` at node 2; the guide says what the test says. */
class Crossing {
  nowMs = 0
  readonly alarms: { readonly deadline: Deadline; readonly dueMs: number }[] = []
  found: Home | undefined = undefined
  asked = 0
  readonly moves: Home[] = []
  readonly flushes: (readonly [number, Home | undefined])[] = []
  /** A flush of number 9 was sent on the road to node 2. */
  readonly road = { top: 'top', home: homeAt(-2), flushId: 9, link: { thread: -2 } }
  readonly hints: Hints

  constructor() {
    // What is not given here is not used.
    const host = {
      timers: { add: (deadline: Deadline, dueMs: number) => this.alarms.push({ deadline, dueMs }) },
      clock: { now: () => this.nowMs },
    }
    const roads = {
      map: { get: (top: string) => (top === 'top' ? this.road : undefined) },
      flushes: { peek: (id: number) => (id === 9 ? this.road : undefined) },
      resolve: (_top: string, answer: (home: Home | undefined) => void) => {
        this.asked++
        answer(this.found)
      },
      moved: (home: Home) => this.moves.push(home),
      flushed: (id: number, home: Home | undefined) => this.flushes.push([id, home]),
    }
    this.hints = new Hints(host as unknown as Host, roads as unknown as Roads)
  }

  /** All that is due by then. */
  passTo(ms: number): void {
    for (let next = this.alarms[0]; next !== undefined && next.dueMs <= ms; next = this.alarms[0]) {
      this.alarms.shift()
      this.nowMs = next.dueMs
      next.deadline.due()
    }
    this.nowMs = ms
  }
}

function homeAt(thread: number, top: string = 'top'): Home {
  return { top, thread, epoch: -thread }
}

test('a hint that the guide confirms is followed, with what the guide says', () => {
  const crossing = new Crossing()
  crossing.found = { ...homeAt(-3), epoch: 70 }
  crossing.hints.take({ ...homeAt(-3), epoch: 999 })
  expect(crossing.moves).toEqual([{ ...homeAt(-3), epoch: 70 }])
})

test('a hint that comes before the news is followed when they come', () => {
  const crossing = new Crossing()
  crossing.found = homeAt(-2)
  crossing.hints.take(homeAt(-3))
  crossing.passTo(600)
  expect(crossing.moves).toEqual([])
  crossing.found = homeAt(-3)
  crossing.passTo(1_000)
  expect([crossing.moves, crossing.alarms]).toEqual([[homeAt(-3)], []])
})

test('a lie is asked after eight times and then forgotten', () => {
  const crossing = new Crossing()
  crossing.hints.take(homeAt(-3))
  crossing.passTo(60_000)
  expect([crossing.asked, crossing.moves, crossing.alarms]).toEqual([8, [], []])
})

test('whoever does not send there, or sends there already, asks nothing', () => {
  const crossing = new Crossing()
  crossing.hints.take(homeAt(-3, 'other'))
  crossing.hints.take(homeAt(-2))
  expect(crossing.asked).toBe(0)
})

test('of many lies no more are waited for than may be, and each that is over makes room', () => {
  const crossing = new Crossing()
  for (let count = 0; count <= hintsWaitingMax; count++) crossing.hints.take(homeAt(-3))
  expect(crossing.alarms).toHaveLength(hintsWaitingMax)
  crossing.passTo(60_000)
  crossing.hints.take(homeAt(-3))
  expect(crossing.alarms).toHaveLength(1)
})

test.each([
  ['the node that it was sent to', -2, -2, true],
  ['the node in which the root lives now', -3, -3, true],
  ['any other node', -4, -3, false],
])('that a flush came back is believed of %s: %#', (_, node, lives, isBelieved) => {
  const crossing = new Crossing()
  crossing.found = homeAt(lives)
  crossing.hints.flushed(node, 9, true)
  expect(crossing.flushes).toEqual(isBelieved ? [[9, homeAt(lives)]] : [])
})

test('a flush that was taken up anew meanwhile, or that nobody sent, opens no road', () => {
  const crossing = new Crossing()
  crossing.hints.flushed(-2, 8, true)
  crossing.road.flushId = 10
  crossing.hints.flushed(-2, 9, true)
  expect(crossing.flushes).toEqual([])
})

test('a node in which nobody lives says so, and the guide is not believed instead', () => {
  const crossing = new Crossing()
  crossing.found = homeAt(-2)
  crossing.hints.flushed(-2, 9, false)
  expect(crossing.flushes).toEqual([[9, undefined]])
})
