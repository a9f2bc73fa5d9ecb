// Tests of the line: who dials, when it dials again, which of several streams stays, and the swap without a pause.
import { expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { redialMs } from '../../../transports/session/backoff.ts'
import { replaces } from '../../../transports/session/stream-choice.ts'
import { frameOf } from '../../contracts/wire.ts'
import { Ear } from '../../contracts/wire-ear.ts'
import { sessionPair } from './session-pair.ts'
import type { Line } from '../../../transports/session/line.ts'

/** What the owner of a line hears. */
function logOf(line: Line): string[] {
  const log: string[] = []
  line.watch({
    attached: ({ way, isDialled }) => log.push(`attached ${way} ${isDialled ? 'dialled' : 'accepted'}`),
    detached: ({ code }) => log.push(`detached ${code}`),
    missed: ({ code }) => log.push(`missed ${code}`),
    refused: (code, isFinal) => log.push(`refused ${code} ${isFinal}`),
    ended: (why) => log.push(why),
  })
  return log
}

test('of two streams dialled at once the one of the lower peer id stays, and the other one is closed', async () => {
  for (const shape of [{}, { latencyMs: 5 }, { latencyMs: 5, jitterMs: 30 }]) {
    for (let seed = 0; seed < 20; seed++) {
      const clock = new ManualClock()
      const { network, near, far } = sessionPair({ clock, shape, random: seededRandom(seed) })
      await clock.advance(300)
      expect(near.session.stream?.isDialled).toBe(true)
      expect(far.session.stream?.isDialled).toBe(false)
      expect(network.streams()).toHaveLength(1)
    }
  }
})

test('the node with the higher peer id gives the other one a head start', async () => {
  const clock = new ManualClock()
  let opened = 0
  const { near, far } = sessionPair({
    clock,
    shape: { latencyMs: 20 },
    line: { headStartMs: 250 },
    opened: () => opened++,
  })
  await clock.advance(1_000)
  expect([opened, near.line.isAttached, far.line.isAttached]).toEqual([1, true, true])
})

test('the node with the higher peer id dials if the other one does not come through', async () => {
  const clock = new ManualClock()
  const { network, near, far } = sessionPair({ clock, line: { headStartMs: 250 } })
  near.line.stop()
  network.break('a', 'b')
  await clock.advance(249)
  expect(far.line.isAttached).toBe(false)
  await clock.advance(1)
  expect([near.line.isAttached, far.line.isAttached]).toEqual([true, true])
})

test('a stream that breaks is replaced at once, and the owner hears of both', async () => {
  const clock = new ManualClock()
  const { network, near } = sessionPair({ clock, bothDial: false })
  const log = logOf(near.line)
  await clock.settle()
  network.break('a', 'b')
  await clock.settle()
  expect(log).toEqual(['attached direct dialled', 'detached stream-broken', 'attached direct dialled'])
})

test('the waits between dials grow up to a bound, with chance in them, and begin anew after a success', async () => {
  const random = seededRandom(1)
  for (let failures = 0; failures < 40; failures++) {
    const wholeMs = Math.min(100 * 2 ** failures, 15_000)
    const waitMs = redialMs(failures, random)
    expect(waitMs).toBeGreaterThanOrEqual(wholeMs / 2)
    expect(waitMs).toBeLessThanOrEqual(wholeMs)
  }
  const clock = new ManualClock()
  const { network, near } = sessionPair({ clock, bothDial: false })
  await clock.settle()
  const log = logOf(near.line)
  const heal = network.partition({ from: ['a'], to: ['b'], flavour: 'reset' })
  await clock.advance(120_000)
  const missed = log.filter((entry) => entry === 'missed peer-unreachable').length
  expect(missed).toBeGreaterThan(12)
  expect(missed).toBeLessThan(30)
  heal()
  await clock.advance(15_000)
  expect([near.line.isAttached, near.line.failures]).toEqual([true, 0])
})

test('a dial that nobody answers is given up after ten seconds and begun again', async () => {
  const clock = new ManualClock()
  const { network, near } = sessionPair({ clock, bothDial: false, dialMs: 60_000 })
  const log = logOf(near.line)
  const heal = network.partition({ from: ['a'], to: ['b'], flavour: 'drop' })
  await clock.advance(10_050)
  expect(log).toEqual(['missed peer-unreachable'])
  heal()
  await clock.advance(11_000)
  expect(near.line.isAttached).toBe(true)
})

test('a line is told to hurry when it waits', async () => {
  const clock = new ManualClock()
  const { network, near } = sessionPair({
    clock,
    bothDial: false,
    line: { redialMs: { min: 60_000, max: 60_000 } },
  })
  const heal = network.partition({ from: ['a'], to: ['b'], flavour: 'reset' })
  await clock.settle()
  heal()
  await clock.advance(1_000)
  expect(near.line.isAttached).toBe(false)
  near.line.hurry()
  await clock.settle()
  expect(near.line.isAttached).toBe(true)
})

test('a stream that the owner gives up is replaced at once, also if it only stands still', async () => {
  const clock = new ManualClock()
  const { network, near, far } = sessionPair({ clock, bothDial: false, dialMs: 100 })
  const ear = new Ear(far.session)
  await clock.settle()
  const log = logOf(near.line)
  const heal = network.partition({ from: ['a'], to: ['b'], flavour: 'drop' })
  near.session.write('messages', frameOf(3))
  await clock.advance(1_000)
  heal()
  near.session.drop(
    new Fault('stream-silent', 'Cannot wait for b any longer: no heartbeat came for 900 ms', {
      hint: 'Wait.',
    }),
  )
  await clock.settle()
  expect(log).toEqual(['detached stream-silent', 'attached direct dialled'])
  expect(ear.marks('messages')).toEqual([3])
  expect(network.streams()).toHaveLength(1)
})

test('a renewal takes the place of the stream in use without a pause', async () => {
  const clock = new ManualClock()
  const { network, near, far } = sessionPair({ clock, bothDial: false, shape: { latencyMs: 10 } })
  const ear = new Ear(far.session)
  await clock.advance(100)
  const log = logOf(near.line)
  const [old] = network.streams()
  let mark = 0
  near.line.renew()
  for (; mark < 200; mark++) {
    expect(near.session.write('messages', frameOf(mark))).toBe(true)
    await clock.advance(1)
    // Each frame comes within the latency, and what the swap adds to it.
    expect(ear.frames('messages').length).toBeGreaterThanOrEqual(mark - 32)
  }
  await clock.advance(50)
  expect(ear.marks('messages')).toEqual([...Array(200).keys()])
  expect(log).toEqual(['attached direct dialled'])
  expect(network.streams()).toHaveLength(1)
  expect(network.streams()[0]).not.toBe(old)
})

test('a renewal that comes to nothing leaves the stream in use alone', async () => {
  const clock = new ManualClock()
  const { network, near, far } = sessionPair({ clock, bothDial: false })
  const ear = new Ear(far.session)
  await clock.settle()
  const log = logOf(near.line)
  far.node.readdress(['memory/elsewhere'])
  near.line.renew()
  await clock.settle()
  expect([log, near.line.isAttached, network.streams().length]).toEqual([
    ['missed peer-unreachable'],
    true,
    1,
  ])
  near.session.write('signals', frameOf(4))
  await clock.settle()
  expect(ear.marks('signals')).toEqual([4])
})

test('a direct way is tried before a relayed one, and takes its place when it is there', async () => {
  const clock = new ManualClock()
  const addresses = ['memory/relay/p2p-circuit', 'memory/b']
  const { near, far } = sessionPair({
    clock,
    bothDial: false,
    line: { target: () => ({ peer: 'b', addresses }) },
  })
  far.line.stop()
  far.node.readdress(['memory/relay/p2p-circuit'])
  const log = logOf(near.line)
  await clock.settle()
  near.line.renew({ isDirectOnly: true })
  await clock.settle()
  expect(log).toEqual(['attached relayed dialled', 'missed peer-unreachable'])
  far.node.readdress(['memory/relay/p2p-circuit', 'memory/b'])
  near.line.renew({ isDirectOnly: true })
  await clock.settle()
  expect(log.at(-1)).toBe('attached direct dialled')
})

test('a session that one side has cut is refused to the other one for good', async () => {
  const clock = new ManualClock()
  const { network, near, far } = sessionPair({ clock, bothDial: false })
  await clock.settle()
  const log = logOf(near.line)
  const heal = network.partition({ from: ['a'], to: ['b'], flavour: 'reset' })
  far.session.cut()
  heal()
  await clock.advance(1_000)
  expect(log.slice(-2)).toEqual(['cut', 'refused session-cut true'])
  expect([near.session.ended, clock.pendingAlarms]).toEqual(['cut', 0])
})

test('an end in order whose last word was lost is an end in order on both sides', async () => {
  const outcomes = new Set<string>()
  for (let bytes = 0; bytes < 400; bytes += 4) {
    for (const peer of ['a', 'b']) {
      const clock = new ManualClock()
      const { network, near, far } = sessionPair({ clock })
      const ears = [new Ear(near.session), new Ear(far.session)]
      await clock.settle()
      const [pair] = network.streams()
      pair!.breakAfter(peer, (peer === 'a' ? pair!.dialler : pair!.acceptor).pipe.arrivedBytes + bytes)
      near.session.write('messages', frameOf(1))
      far.session.write('messages', frameOf(2))
      near.session.close()
      await clock.advance(60_000)
      const ends = await Promise.all(ears.map(async (ear) => await ear.closing))
      outcomes.add(ends.join(' '))
      expect(ears.map((ear) => ear.marks('messages'))).toEqual([[2], [1]])
      expect(clock.pendingAlarms).toBe(0)
    }
  }
  expect([...outcomes]).toEqual(['closed closed'])
})

test('whatever two sides rank, they choose the same stream', () => {
  const ranks = [1, 2, 3].flatMap((generation) =>
    [true, false].map((isByLower) => ({ generation, isByLower })),
  )
  for (const one of ranks) {
    expect(replaces(one, undefined)).toBe(true)
    expect(replaces(one, one)).toBe(false)
    for (const other of ranks) if (one !== other) expect(replaces(one, other)).toBe(!replaces(other, one))
  }
})
