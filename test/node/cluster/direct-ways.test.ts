// Direct ways: a line over a relay is tried directly again and again, ever more seldom, and no more once it is direct or gone.
import { expect, test } from 'vitest'
import { directTryMsBounds, DirectWays } from '../../../node/cluster/direct-ways.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { sessionPair } from '../../transports/session/session-pair.ts'
import type { PeerStream } from '../../../runtime/transport.ts'

class Bench {
  readonly clock = new ManualClock()
  readonly pair = sessionPair({
    clock: this.clock,
    random: seededRandom(1),
    line: { target: () => ({ peer: 'b', addresses: ['memory/relay/p2p-circuit'] }) },
  })
  readonly asked: number[] = []
  readonly ways = new DirectWays({
    clock: this.clock,
    random: seededRandom(2),
    transport: {
      connectBack: async () => {
        this.asked.push(this.clock.now())
        return await Promise.resolve(false)
      },
    },
  })

  constructor() {
    this.pair.far.line.stop()
    this.pair.far.node.readdress(['memory/relay/p2p-circuit'])
  }

  attach(way: PeerStream['way']): void {
    this.ways.attached(this.pair.near.line, { way })
  }
}

test('a relayed line is asked for directly within a second, and ever more seldom up to each five minutes', async () => {
  const bench = new Bench()
  await bench.clock.advance(300)
  bench.attach('relayed')
  await bench.clock.advance(3_600_000)
  const gaps = bench.asked.map((atMs, index) => atMs - (bench.asked[index - 1] ?? 300))
  expect(gaps[0]).toBeLessThanOrEqual(directTryMsBounds.min)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(directTryMsBounds.max + 1)
  expect([bench.asked.length > 15, bench.asked.length < 40]).toEqual([true, true])
})

test.each(['direct', 'gone'] as const)('once a line is %s it is not asked for any more', async (how) => {
  const bench = new Bench()
  await bench.clock.advance(300)
  bench.attach('relayed')
  if (how === 'direct') bench.attach('direct')
  else bench.ways.forget(bench.pair.near.line)
  await bench.clock.advance(60_000)
  expect(bench.asked).toEqual([])
})
