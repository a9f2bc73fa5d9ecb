// Tests of noticing failure in a simulated cluster: what is lost is removed in time, what is borne is not, and nobody acts after its removal.
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../../runtime/random.ts'
import { checkAccuracy } from '../../../../scenarios/testing/checkers/check-accuracy.ts'
import { SimulatedCluster } from './simulated-cluster.ts'
import type { AccuracyEvent } from '../../../../scenarios/testing/checkers/check-accuracy.ts'
import type { ClusterOptions } from './simulated-cluster.ts'

const lan: Partial<ClusterOptions> = { latencyMs: 0.3, jitterMs: 2, drift: 0.0005 }

/** A cluster that has run for a while, and its leader. */
function grown(options: ClusterOptions): { cluster: SimulatedCluster; leader: number } {
  const cluster = new SimulatedCluster(options)
  cluster.run(10_000)
  while (cluster.leader === undefined) cluster.run(50)
  return { cluster, leader: cluster.leader }
}

function lose(cluster: SimulatedCluster, how: string, member: number): void {
  if (how === 'killed') cluster.kill(member)
  else if (how === 'stopped') cluster.stop(member, Infinity)
  else cluster.isolate(member)
}

describe.each([
  ['killed', 1_500],
  ['stopped', 3_000],
  ['cut off', 3_000],
])('a member that is %s', (how, withinMs) => {
  test.each(['a follower', 'the leader'])(
    `is removed within ${withinMs} ms, 95 times of 100, if it is %s`,
    (who) => {
      const times: number[] = []
      for (let run = 0; run < 40; run++) {
        const { cluster, leader } = grown({
          ...lan,
          count: run % 2 === 0 ? 3 : 5,
          seed: `${how} ${who} ${run}`,
        })
        cluster.run(run * 37)
        const member = who === 'the leader' ? leader : (leader % cluster.nodes.size) + 1
        lose(cluster, how, member)
        times.push(cluster.untilRemoved(member))
        cluster.run(3_000)
        cluster.nodes.get(member)!.process.go()
        cluster.heal()
        cluster.run(3_000)
        expect([...cluster.removals.keys()]).toEqual([member])
        expect(cluster.trespasses).toEqual([])
      }
      const sorted = times.toSorted((a, b) => a - b)
      expect(sorted[Math.floor(sorted.length * 0.95) - 1]).toBeLessThanOrEqual(withinMs)
    },
  )
})

test('nobody is removed in two hours of 1 % loss, 200 ms jitter and pauses of 0.5 s', () => {
  const story: AccuracyEvent[] = []
  const cluster = new SimulatedCluster({ count: 5, seed: 'borne', drift: 0.0005, jitterMs: 200, loss: 0.01 })
  const random = seededRandom('pauses')
  const pauseAgain = (member: number): void => {
    cluster.loop.at(cluster.loop.nowMs + 1_000 + random.next() * 18_000, () => {
      const fromMs = cluster.loop.nowMs
      story.push({ type: 'fault', member, what: 'pause', fromMs, untilMs: fromMs + 500, isBorne: true })
      cluster.stop(member, 500)
      pauseAgain(member)
    })
  }
  for (const member of cluster.nodes.keys()) pauseAgain(member)
  cluster.run(7_200_000)
  for (const [member, atMs] of cluster.removals) story.push({ type: 'removed', member, atMs })
  const bounds = { removedMsMax: 3_000, afterMsMax: 500, endMs: cluster.loop.nowMs }
  expect(checkAccuracy(story, bounds)).toMatchObject({ holds: true })
  expect(story.length).toBeGreaterThan(3_000)
  expect(cluster.trespasses).toEqual([])
  cluster.stop(2, 4_000)
  expect(cluster.untilRemoved(2)).toBeLessThan(20_000)
})

test('nobody acts after its removal, whatever is cut, stopped and killed', () => {
  let removed = 0
  for (let seed = 0; seed < 60; seed++) {
    const random = seededRandom(`chaos ${seed}`)
    const count = 3 + random.integer(4)
    const options = { count, voters: Math.min(count, 3 + 2 * random.integer(2)), seed: `chaos ${seed}` }
    const cluster = new SimulatedCluster({
      ...options,
      drift: 0.009,
      jitterMs: random.integer(100),
      loss: 0.005,
    })
    for (let step = 0; step < 20; step++) {
      cluster.run(random.integer(3_000))
      const [one, other] = [1 + random.integer(count), 1 + random.integer(count)]
      const act = random.integer(8)
      if (act <= 1) cluster.stop(one, random.integer(6_000))
      if (act === 2) cluster.isolate(one)
      if (act <= 4 && one !== other) cluster.cut(one, other)
      if (act === 5 && random.integer(4) === 0) cluster.kill(one)
      if (act >= 6) cluster.heal()
    }
    cluster.heal()
    cluster.run(10_000)
    expect(cluster.trespasses).toEqual([])
    removed += cluster.removals.size
  }
  expect(removed).toBeGreaterThan(30)
})

test('a node that stalled suspects nobody for it, and is suspected, not removed', () => {
  const { cluster, leader } = grown({ ...lan, count: 5, seed: 'stalled' })
  const member = (leader % 5) + 1
  const { sentinel } = cluster.nodes.get(member)!
  cluster.stop(member, 1_500)
  cluster.run(1_400)
  const others = [...cluster.nodes.values()].filter((one) => one.sentinel !== sentinel)
  expect(others.map((one) => one.sentinel.opinions.map((said) => [said.member, said.says]))).toEqual(
    others.map(() => [[member, 'suspects']]),
  )
  expect(sentinel.lease.isValid).toBe(false)
  for (let step = 0; step < 100; step++) {
    cluster.run(5)
    expect(sentinel.opinions).toEqual([])
  }
  cluster.run(1_000)
  expect(others.flatMap((one) => one.sentinel.opinions)).toEqual([])
  expect(sentinel.lease.isValid).toBe(true)
  expect(cluster.removals.size).toBe(0)
})

test('a member that hears nobody is removed as deaf, and one that nobody hears as silent', () => {
  const { cluster, leader } = grown({ ...lan, count: 5, seed: 'one way' })
  const [deaf, silent] = [1, 2, 3, 4, 5].filter((member) => member !== leader) as [number, number]
  for (const other of cluster.nodes.keys()) cluster.cut(other, deaf)
  expect(cluster.untilRemoved(deaf)).toBeLessThan(3_000)
  expect(cluster.decisions.at(-1)).toMatchObject({ subject: deaf, judgement: { why: 'deaf' } })
  for (const other of cluster.nodes.keys()) cluster.cut(silent, other)
  expect(cluster.untilRemoved(silent)).toBeLessThan(3_000)
  expect(cluster.decisions.at(-1)).toMatchObject({ subject: silent, judgement: { why: 'silent' } })
  cluster.run(20_000)
  expect(cluster.removals.size).toBe(2)
  expect(cluster.trespasses).toEqual([])
})

test('of two followers that cannot hear each other the younger goes, after the link was broken for 10 s', () => {
  const { cluster, leader } = grown({ ...lan, count: 4, seed: 'broken link' })
  const [a, b] = [1, 2, 3, 4].filter((member) => member !== leader) as [number, number]
  cluster.cut(a, b)
  cluster.run(5_000)
  expect(cluster.nodes.get(b)!.sentinel.opinions).toMatchObject([{ member: a, says: 'link-broken' }])
  cluster.run(4_000)
  expect(cluster.removals.size).toBe(0)
  expect(cluster.untilRemoved(Math.max(a, b))).toBeLessThan(5_000)
  cluster.run(20_000)
  expect([...cluster.removals.keys()]).toEqual([Math.max(a, b)])
})

test('a link that comes and goes each second removes nobody', () => {
  const { cluster, leader } = grown({ ...lan, count: 3, seed: 'flapping' })
  const member = (leader % 3) + 1
  for (let turn = 0; turn < 60; turn++) {
    cluster.isolate(member)
    cluster.run(1_000)
    cluster.heal()
    cluster.run(1_000)
  }
  expect(cluster.removals.size).toBe(0)
  expect(cluster.trespasses).toEqual([])
})

test('a side without a quorum freezes and removes nobody, however long', () => {
  const { cluster } = grown({ ...lan, count: 4, seed: 'halves' })
  for (const [one, other] of [
    [1, 3],
    [1, 4],
    [2, 3],
    [2, 4],
  ] as const) {
    cluster.cut(one, other)
    cluster.cut(other, one)
  }
  cluster.run(60_000)
  expect(cluster.removals.size).toBe(0)
  expect([...cluster.nodes.values()].filter(({ sentinel }) => sentinel.lease.isValid)).toEqual([])
  cluster.heal()
  cluster.run(15_000)
  // Who had been silent on the other side is not removed for it.
  expect(cluster.removals.size).toBe(0)
  expect([...cluster.nodes.values()].filter(({ sentinel }) => !sentinel.lease.isValid)).toEqual([])
})

test('two that are killed at once are removed one after the other', () => {
  const { cluster, leader } = grown({ ...lan, count: 5, seed: 'two' })
  const [one, other] = [1, 2, 3, 4, 5].filter((member) => member !== leader) as [number, number]
  cluster.kill(one)
  cluster.kill(other)
  expect(cluster.untilRemoved(one)).toBeLessThan(1_500)
  expect(cluster.untilRemoved(other)).toBeLessThan(200)
  expect(cluster.decisions.map(({ subject, view }) => [subject, view])).toEqual([
    [one, 1],
    [other, 2],
  ])
})
