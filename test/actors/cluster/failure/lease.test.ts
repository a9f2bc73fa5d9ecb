// Tests of the lease: nobody may act after the leader has committed its removal, whatever delays, stalls and clocks do.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Grants, leaseOverMs } from '../../../../actors/cluster/failure/grants.ts'
import { Lease } from '../../../../actors/cluster/failure/lease.ts'
import { leaseTimingDefault } from '../../../../actors/cluster/failure/timing.ts'
import { seededRandom } from '../../../../runtime/random.ts'
import { ManualClock } from '../../../../scenarios/testing/manual-clock.ts'
import { EventLoop, SimulatedProcess } from './event-loop.ts'
import type { Random } from '../../../../runtime/random.ts'

/** Leads with a book of its own; whether it still does, only a quorum knows. */
class Leader {
  readonly process: SimulatedProcess
  readonly grants: Grants

  constructor(loop: EventLoop, drift: number, grant: (sequence: number) => void) {
    this.process = new SimulatedProcess(loop, drift, 5_000)
    const grantsBeforeMs = this.process.now()
    const timing = leaseTimingDefault
    this.grants = new Grants({ timing, grantsBeforeMs, grant: (_, sequence) => grant(sequence) })
  }
}

interface Story {
  readonly drift: number
  /** The leader changes once, before the removal. */
  readonly hasTwoLeaders: boolean
  /** A leader grants without waiting for its quorum: what must not be. */
  readonly isRash?: boolean
}

/** Runs a story by chance. @returns how long before the removal the lease had ended, in true time; negative if it had not */
function slackMs(seed: number, { drift, hasTwoLeaders, isRash = false }: Story): number {
  const random = seededRandom(seed)
  const loop = new EventLoop()
  const skew = (): number => (random.next() < 0.5 ? drift : -drift)
  const memberDrift = skew()
  const member = new SimulatedProcess(loop, memberDrift, 77)
  const lease = new Lease({ clock: member, onFrozen: () => {}, onThawed: () => {} })
  const delayMs = (): number => random.next() ** 4 * 1_500
  const makeLeader = (): Leader =>
    new Leader(loop, skew(), (sequence) =>
      loop.at(loop.nowMs + delayMs(), () => member.arrive(() => lease.granted(sequence))),
    )
  const leaders = [makeLeader()]
  /** A leader that was followed by another has no quorum any more. */
  const hasQuorum = (leader: Leader): boolean => isRash || leader === leaders.at(-1)

  let sequence = 0
  const beat = (): void => {
    lease.sent(++sequence)
    const own = sequence
    for (const leader of leaders) {
      loop.at(loop.nowMs + delayMs(), () =>
        leader.process.arrive(() => leader.grants.heard(1, own, leader.process.now())),
      )
    }
    member.alarm(member.now() + 200, beat)
  }
  const round = (leader: Leader): void => {
    const began = leader.process.now()
    // The answers of a quorum: they say that it led when the round reached them.
    loop.at(loop.nowMs + delayMs(), () => {
      if (hasQuorum(leader))
        loop.at(loop.nowMs + delayMs(), () => leader.process.arrive(() => leader.grants.confirmed(began)))
    })
    leader.process.alarm(leader.process.now() + 100, () => round(leader))
  }
  beat()
  round(leaders[0]!)
  stalls(loop, random, [member, leaders[0]!.process])
  loop.until(2_000 + random.next() * 4_000)
  if (hasTwoLeaders) {
    leaders.push(makeLeader())
    round(leaders[1]!)
    loop.until(loop.nowMs + random.next() * 2_000)
  }
  const { process, grants } = leaders.at(-1)!
  grants.withhold(new Set([1]))
  let removedAt: number | undefined
  const tryIt = (): void => {
    if (grants.mayRemove(1, process.now())) removedAt = loop.nowMs
    else process.alarm(process.now() + 1, tryIt)
  }
  process.arrive(tryIt)
  while (removedAt === undefined) loop.until(loop.nowMs + 50)
  const at: number = removedAt
  loop.until(at + 5_000)
  return at - (lease.untilMs - 77) / (1 + memberDrift)
}

function stalls(loop: EventLoop, random: Random, processes: readonly SimulatedProcess[]): void {
  for (let count = 0; count < 6; count++) {
    const one = processes[random.integer(processes.length)]!
    loop.at(random.next() * 8_000, () => {
      one.stop()
      loop.at(loop.nowMs + random.next() * 1_500, () => one.go())
    })
  }
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 })

test('no lease outlives the removal of its holder, with delays, stalls, a change of leaders and clocks that drift', () => {
  fc.assert(
    fc.property(seeds, fc.boolean(), (seed, hasTwoLeaders) => {
      expect(slackMs(seed, { drift: leaseTimingDefault.drift, hasTwoLeaders })).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 500 },
  )
})

test('the same finds clocks that drift more than is reckoned with, and a leader that grants without its quorum', () => {
  const worst = (story: Story): number =>
    Math.min(...Array.from({ length: 500 }, (_, seed) => slackMs(seed, story)))
  expect(worst({ drift: 0.1, hasTwoLeaders: false })).toBeLessThan(0)
  expect(worst({ drift: 0.01, hasTwoLeaders: true, isRash: true })).toBeLessThan(0)
})

test('a lease begins frozen, thaws by the first grant, and freezes when it ends', async () => {
  const clock = new ManualClock()
  const seen: string[] = []
  const lease = new Lease({
    clock,
    leaseMs: 1_000,
    onFrozen: () => seen.push(`frozen at ${clock.now()}`),
    onThawed: () => seen.push(`thawed at ${clock.now()}`),
  })
  expect(lease.isValid).toBe(false)
  lease.sent(1)
  await clock.advance(300)
  lease.granted(1)
  expect(lease.untilMs).toBe(1_000)
  lease.sent(2)
  await clock.advance(100)
  lease.granted(2)
  lease.granted(1)
  await clock.advance(2_000)
  expect(lease.isValid).toBe(false)
  lease.sent(3)
  lease.granted(3)
  expect(seen).toEqual(['thawed at 300', 'frozen at 1300', 'thawed at 2400'])
  lease.close()
  expect(clock.pendingAlarms).toBe(0)
})

test('a grant that comes after its lease would have ended gives nothing', async () => {
  const clock = new ManualClock()
  const lease = new Lease({
    clock,
    leaseMs: 1_000,
    onFrozen: () => {},
    onThawed: () => expect.fail('thawed'),
  })
  lease.sent(1)
  await clock.advance(1_000)
  lease.granted(1)
  lease.granted(99)
  expect(lease.isValid).toBe(false)
})

test('a machine that slept holds no lease, though its monotonic clock stood still', () => {
  const clock = new ManualClock()
  let sleptMs = 0
  const sleepy = {
    now: () => clock.now(),
    wall: () => clock.wall() + sleptMs,
    alarm: clock.alarm.bind(clock),
    soon: clock.soon.bind(clock),
    later: clock.later.bind(clock),
  }
  const lease = new Lease({ clock: sleepy, leaseMs: 1_000, onFrozen: () => {}, onThawed: () => {} })
  lease.sent(1)
  lease.granted(1)
  expect(lease.isValid).toBe(true)
  sleptMs = 60_000
  expect(lease.isValid).toBe(false)
  lease.close()
})

test('a heartbeat is acknowledged by a round that began after it came, once, and none while it is withheld', () => {
  const granted: number[] = []
  const timing = { leaseMs: 1_000, drift: 0, marginMs: 50 }
  const grants = new Grants({ timing, grantsBeforeMs: 0, grant: (_, sequence) => granted.push(sequence) })
  grants.heard(1, 7, 100)
  grants.heard(1, 8, 200)
  grants.confirmed(99)
  expect(granted).toEqual([])
  expect(grants.mayRemove(1, 1_049)).toBe(false)
  expect(grants.mayRemove(1, 1_050)).toBe(true)
  grants.confirmed(200)
  grants.confirmed(300)
  expect(granted).toEqual([8])
  expect(grants.grantedMs(1)).toBe(200)
  expect(leaseOverMs(200, 0, timing)).toBe(1_250)
  expect(leaseOverMs(200, 500, timing)).toBe(1_550)
  grants.heard(1, 9, 350)
  grants.withhold(new Set([1]))
  grants.heard(1, 10, 360)
  grants.confirmed(400)
  expect(granted).toEqual([8])
  grants.withhold(new Set())
  grants.heard(1, 11, 450)
  grants.confirmed(500)
  expect(granted).toEqual([8, 11])
})
