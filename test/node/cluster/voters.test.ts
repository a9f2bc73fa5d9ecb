// Tests of the voters: one change at a time, an odd number of votes, and a vote that waits for its node unless that has left.
import { expect, test } from 'vitest'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { seatOf } from '../../../node/cluster/seat.ts'
import { Town } from '../../actors/cluster/state/town.ts'
import { voteKeptMs, Voters } from '../../../node/cluster/voters.ts'
import type { Council, VoterChange } from '../../../actors/cluster/council/council.ts'

const seat = (name: string): number => seatOf(`peer-${name}`)

class Parliament {
  readonly clock = new ManualClock()
  readonly town: Town
  voters: number[]
  role = 'leader'
  readonly changes: string[] = []
  underWay = 0
  readonly #names: Map<number, string>
  readonly look: () => void

  constructor(names: string, voting: string) {
    this.town = new Town(...names)
    this.#names = new Map([...names, 'z'].map((name) => [seat(name), name]))
    this.voters = [...voting].map(seat)
    const voters = new Voters({
      clock: this.clock,
      facts: () => this.town.state,
      council: () => this as unknown as Council,
    })
    this.look = () => voters.look()
  }

  get leader(): number {
    return seat('a')
  }

  async changeVoters(change: VoterChange): Promise<void> {
    expect(++this.underWay).toBe(1)
    await Promise.resolve()
    this.underWay--
    const [act, one] = 'add' in change ? (['+', change.add] as const) : (['-', change.remove] as const)
    this.changes.push(act + (this.#names.get(one) ?? '?'))
    this.voters = act === '+' ? [...this.voters, one] : this.voters.filter((voter) => voter !== one)
  }
}

test('from one vote to three it goes in one look, one change after the other', async () => {
  const parliament = new Parliament('abc', 'a')
  parliament.look()
  parliament.look()
  await parliament.clock.settle()
  expect(parliament.changes.toSorted()).toEqual(['+b', '+c'])
  parliament.look()
  await parliament.clock.settle()
  expect(parliament.voters).toHaveLength(3)
})

test('two nodes have one vote: with two a loss of either would be one too many', async () => {
  const parliament = new Parliament('ab', 'a')
  parliament.look()
  await parliament.clock.settle()
  expect(parliament.changes).toEqual([])
})

test('one who has left gives up its vote at once', async () => {
  const parliament = new Parliament('abc', 'abc')
  parliament.town.do({ type: 'leave', number: 3, atMs: 1 })
  parliament.look()
  await parliament.clock.settle()
  expect(parliament.changes[0]).toBe('-c')
})

test('one who is gone keeps its vote for ten minutes, and no longer', async () => {
  const parliament = new Parliament('abc', 'abc')
  parliament.town.remove(3)
  parliament.look()
  await parliament.clock.advance(voteKeptMs - 1)
  parliament.look()
  await parliament.clock.settle()
  expect(parliament.changes).toEqual([])
  await parliament.clock.advance(1)
  parliament.look()
  await parliament.clock.settle()
  expect(parliament.changes[0]).toBe('-c')
})

test('the ten minutes begin anew when it comes back, and with each new leader', async () => {
  const parliament = new Parliament('abc', 'abc')
  parliament.town.remove(3)
  parliament.look()
  await parliament.clock.advance(voteKeptMs - 1)
  parliament.role = 'follower'
  parliament.look()
  parliament.role = 'leader'
  parliament.look()
  await parliament.clock.advance(voteKeptMs - 1)
  parliament.town.join('c', { uid: 'another' })
  parliament.look()
  const [number = 0] = [...parliament.town.state.members()].slice(-1).map((one) => one.number)
  parliament.town.remove(number)
  parliament.look()
  await parliament.clock.advance(2)
  parliament.look()
  await parliament.clock.settle()
  expect(parliament.changes).toEqual([])
})

test('a node that does not lead changes nothing', async () => {
  const parliament = new Parliament('abc', 'a')
  parliament.role = 'follower'
  parliament.look()
  await parliament.clock.settle()
  expect(parliament.changes).toEqual([])
})
