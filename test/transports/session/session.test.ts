// Tests of the session beyond the contract: what it writes and when, what it holds, and what mutated streams do to it.
import { expect, test } from 'vitest'
import { seededRandom } from '../../../runtime/random.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { Session } from '../../../transports/session/session.ts'
import { SlabPool } from '../../../transports/session/slab-pool.ts'
import { preamble } from '../../../transports/session/unit.ts'
import { frameOf } from '../../contracts/wire.ts'
import { Ear } from '../../contracts/wire-ear.ts'
import { HostileStream, ack, helloWith } from './hostile-stream.ts'
import { fuzzSession } from './session-fuzz.ts'
import { sessionPair } from './session-pair.ts'
import type { Frame } from '../../../runtime/wire.ts'

/** A session whose other side never acknowledges anything unless the test does. */
function unanswered() {
  const clock = new ManualClock()
  const pool = new SlabPool()
  const session = new Session({ clock, random: seededRandom(1), pool, id: 'a-b', self: 'b', peer: 'a' })
  const stream = new HostileStream(true)
  session.join(stream)
  stream.bring(preamble(), helloWith(), ack())
  stream.written.length = 0
  return { clock, session, stream, pool }
}

test('all frames of a turn leave in one write for each 64 KiB', async () => {
  const { clock, session, stream } = unanswered()
  for (let mark = 0; mark < 1_000; mark++) session.write('messages', frameOf(mark, 1, 100))
  expect(stream.written).toEqual([])
  await clock.settle()
  expect(stream.bytes.byteLength).toBe(1_000 * (12 + 20 + 24 + 100))
  expect(stream.written.map(({ byteLength }) => byteLength)).toEqual([65_520, 65_520, 24_960])
  session.write('signals', frameOf(1))
  await clock.settle()
  expect(stream.written).toHaveLength(4)
})

test('what no peer acknowledges stays well below the window of a libp2p stream, whatever is written', async () => {
  const frames: readonly Frame[] = [
    frameOf(1, 1, 0),
    frameOf(1, 64, 6_000),
    frameOf(1, 1, 65_600),
    frameOf(1, 0, 30_000_000),
  ]
  for (const frame of frames) {
    const { clock, session, stream } = unanswered()
    for (const lane of ['messages', 'signals'] as const)
      while (session.write(lane, frame)) await clock.settle()
    await clock.settle()
    expect(stream.bytes.byteLength).toBeGreaterThan(500_000)
    expect(stream.bytes.byteLength).toBeLessThan(1_700_000)
    session.cut()
  }
})

test('a signal overtakes a large frame between its segments', async () => {
  const clock = new ManualClock()
  const { near, far } = sessionPair({ clock, bothDial: false, shape: { latencyMs: 5, bytesPerMs: 10_000 } })
  const ear = new Ear(far.session)
  await clock.advance(100)
  expect(near.session.write('messages', frameOf(1, 1, 20_000_000))).toBe(true)
  await clock.advance(500)
  const startMs = clock.now()
  near.session.write('signals', frameOf(2))
  while (ear.frames('signals').length === 0) await clock.advance(1)
  // The stream's own queue, what is on its way, and the latency.
  expect(clock.now() - startMs).toBeLessThan(180)
  expect(ear.frames('messages')).toEqual([])
  await clock.advance(5_000)
  expect(ear.frames('messages')[0]?.body.byteLength).toBe(20_000_000)
})

test('an idle session holds no slab', async () => {
  const clock = new ManualClock()
  const pool = new SlabPool()
  const { near, far } = sessionPair({ clock, session: { pool } })
  const ears = [new Ear(near.session), new Ear(far.session)]
  for (let mark = 0; mark < 20; mark++) {
    near.session.write('messages', frameOf(mark, 3, 40_000))
    far.session.write('signals', frameOf(mark))
  }
  await clock.settle()
  await clock.advance(20)
  expect(ears.map((ear) => ear.events.length)).toEqual([20, 20])
  const { kept } = pool
  for (let count = 0; count < kept; count++) expect(pool.take().used).toBe(0)
  expect([kept > 12, pool.kept]).toEqual([true, 0])
})

test('slabs that a broken stream may still look at are not written to again', async () => {
  const { clock, session, stream } = unanswered()
  session.write('messages', frameOf(1, 1, 100))
  const lent: Uint8Array[] = []
  const write = stream.write.bind(stream)
  stream.write = (bytes) => {
    lent.push(bytes)
    write(bytes)
  }
  await clock.settle()
  stream.lose()
  const next = new HostileStream(true)
  session.join(next)
  next.bring(preamble(), helloWith(), ack())
  await clock.settle()
  next.bring(ack({ messages: { received: 1, records: 1, bytes: 144 } }))
  expect(session.counts('messages').taken).toBe(1)
  await clock.settle()
  for (let count = 0; count < 20; count++) session.write('messages', frameOf(9, 1, 3_000))
  await clock.settle()
  expect(Buffer.concat(lent)).toEqual(stream.bytes)
  session.cut()
})

test('what was sent is sent again on the next stream, from the first segment that the other side does not have', async () => {
  const { clock, session, stream } = unanswered()
  for (let mark = 0; mark < 3; mark++) {
    session.write('messages', frameOf(mark, 1, 65_000))
    await clock.settle()
  }
  const sent = stream.bytes
  stream.lose()
  const next = new HostileStream(true)
  session.join(next)
  next.bring(preamble(), helloWith(), ack())
  next.written.length = 0
  await clock.settle()
  expect(next.bytes).toEqual(sent)
  session.cut()
})

test('the greeting reaches the other owner, who may refuse it', async () => {
  const clock = new ManualClock()
  const heard: string[] = []
  const { near, far } = sessionPair({
    clock,
    bothDial: false,
    session: {
      greeting: () => Uint8Array.of(7, 8),
      admits: (greeting, stream) => {
        heard.push(`${stream.peer} ${greeting.join(' ')}`)
        return heard.length < 3 ? undefined : 'member-removed'
      },
    },
  })
  await clock.settle()
  expect(heard).toEqual(['a 7 8', 'b 7 8'])
  expect([near.line.isAttached, far.line.isAttached]).toEqual([true, true])
  const refused: string[] = []
  near.line.watch({ refused: (code, isFinal) => refused.push(`${code} ${isFinal}`) })
  near.line.renew()
  await clock.settle()
  expect(refused).toEqual(['member-removed false'])
  expect([near.session.ended, near.line.isAttached]).toEqual([undefined, true])
})

test('fifty thousand mutated units end streams, and nothing else', () => {
  const report = fuzzSession(42, 50_000, () => 0)
  expect(report.units).toBeGreaterThanOrEqual(50_000)
  expect(report.frames).toBeGreaterThan(5_000)
  const reasons = [
    'magic',
    'version',
    'kind',
    'flags',
    'head',
    'length',
    'hello',
    'order',
    'sequence',
    'frame',
    'trailing',
  ]
  expect(Object.keys(report.reasons).sort()).toEqual([...reasons, 'acknowledgement'].sort())
})
