// Tests of a standing: who is no member may not act, and whoever was removed begins anew as somebody else, until it may never be one again.
import { expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { joinRetryMs } from '../../../node/cluster/membership.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { Standing } from '../../../node/cluster/standing.ts'
import type { Answer } from '../../../actors/cluster/state/answer.ts'
import type { Command } from '../../../actors/cluster/state/command.ts'
import type { StandingParts } from '../../../node/cluster/standing.ts'

class Bench {
  readonly clock = new ManualClock()
  readonly heard: string[] = []
  readonly joins: string[] = []
  answer: () => Promise<Answer> = () =>
    Promise.resolve({ type: 'refused', code: 'member-revoked', why: 'its keys are kept out' })
  readonly standing: Standing

  constructor() {
    const propose = (command: Command): Promise<Answer> => {
      if (command.type === 'join') this.joins.push(command.uid)
      return this.answer()
    }
    // What is not given here is not used by whoever never becomes a member.
    const parts = {
      clock: this.clock,
      random: seededRandom('standing'),
      name: 'a',
      kind: 'trusted',
      labels: [],
      transport: { peer: 'a', addresses: [] },
      definitions: { list: () => [] },
      agreement: { facts: { memberByUid: () => undefined }, proposals: { propose } },
      note: (kind: string) => this.heard.push(kind),
      expelled: () => this.heard.push('disown'),
      leaseChanged: () => this.heard.push('lease'),
    }
    this.standing = new Standing(parts as unknown as StandingParts)
  }
}

test('a process that is no member may not act, for no time', () => {
  const { standing } = new Bench()
  expect([standing.member, standing.mayAct, standing.untilMs]).toEqual([0, false, -Infinity])
  expect(standing.uid).toMatch(/^[0-9a-f]{32}$/)
})

test('a removed node lets go of all before it joins again, and as another process', async () => {
  const bench = new Bench()
  const before = bench.standing.uid
  bench.standing.expel()
  expect(bench.heard).toEqual(['node-expelled', 'disown'])
  await bench.clock.settle()
  expect(bench.joins).toEqual([bench.standing.uid])
  expect(bench.standing.uid).not.toBe(before)
})

test('a node whose keys are kept out does not try again', async () => {
  const bench = new Bench()
  bench.standing.expel()
  await bench.clock.advance(20 * joinRetryMs)
  expect(bench.joins).toHaveLength(1)
})

test('a node that cannot join yet tries again for as long as it runs', async () => {
  const bench = new Bench()
  bench.answer = () =>
    Promise.reject(new Fault('council-unreachable', 'Cannot decide: nobody leads', { hint: 'Wait.' }))
  bench.standing.expel()
  await bench.clock.advance(300_000)
  expect(bench.joins.length).toBeGreaterThan(100)
  const { length } = bench.joins
  bench.standing.close()
  await bench.clock.advance(300_000)
  expect(bench.joins.length).toBeLessThanOrEqual(length + 1)
})

test('a node that ends does not come back when it is removed meanwhile', async () => {
  const bench = new Bench()
  bench.standing.beginLeave()
  bench.standing.expel()
  await bench.clock.advance(20 * joinRetryMs)
  expect([bench.joins, bench.standing.isLeaving]).toEqual([[], true])
})

test('its addresses are nobody’s business while it is no member', async () => {
  const bench = new Bench()
  bench.answer = () => Promise.reject(new Error('nobody was to be asked'))
  expect(await bench.standing.readdress()).toBe(true)
})
