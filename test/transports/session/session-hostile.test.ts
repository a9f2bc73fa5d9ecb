// Tests of what no session says: each breach of the protocol ends its stream for a named reason, and nothing else.
import { expect, test } from 'vitest'
import { seededRandom } from '../../../runtime/random.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { Reception } from '../../../transports/session/reception.ts'
import { Session } from '../../../transports/session/session.ts'
import { SlabPool } from '../../../transports/session/slab-pool.ts'
import { kinds, preamble, refuse, word } from '../../../transports/session/unit.ts'
import { frameOf } from '../../contracts/wire.ts'
import { HostileStream, ack, contentOf, end, helloWith, opening, segment } from './hostile-stream.ts'
import type { SessionOptions } from '../../../transports/session/session-options.ts'

function victimOf(options: Partial<SessionOptions> = {}) {
  const clock = new ManualClock()
  const session = new Session({
    clock,
    random: seededRandom(1),
    pool: new SlabPool(),
    id: 'a-b',
    self: 'b',
    peer: 'a',
    ...options,
  })
  const log: string[] = []
  const reception = new Reception({
    clock,
    welcome: () => session,
    malformed: (reason) => log.push(reason),
  })
  session.watch({
    malformed: (reason) => log.push(reason),
    detached: (why) => log.push(why.code),
    distrusted: (count) => log.push(`distrusted ${count}`),
    refused: (code, isFinal) => log.push(`${code} ${isFinal}`),
    ended: (why) => log.push(why),
  })
  const marks: number[] = []
  const hears = () =>
    session.listen({
      frame: (_, { words }) => marks.push(words[0] ?? -1),
      room: () => undefined,
      closed: () => undefined,
    })
  const meet = (...parts: readonly Uint8Array[]): HostileStream => {
    const stream = new HostileStream()
    reception.accept(stream)
    stream.bring(...parts)
    return stream
  }
  return { clock, session, log, marks, hears, meet, reception }
}

function edited(bytes: Uint8Array, edit: (view: DataView) => void): Uint8Array {
  const copy = new Uint8Array(bytes)
  edit(new DataView(copy.buffer))
  return copy
}

const good = segment(1, contentOf(frameOf(5, 2, 9)))
const content = contentOf(frameOf(5, 2, 9))
const u32 = (at: number, value: number) => (bytes: Uint8Array) =>
  edited(bytes, (view) => view.setUint32(at, value, true))
const u16 = (at: number, value: number) => (bytes: Uint8Array) =>
  edited(bytes, (view) => view.setUint16(at, value, true))
const u8 = (at: number, value: number) => (bytes: Uint8Array) =>
  edited(bytes, (view) => view.setUint8(at, value))

const breaches: readonly (readonly [string, string, readonly Uint8Array[]])[] = [
  ['another magic', 'magic', [u8(0, 65)(opening())]],
  ['versions that are not spoken here', 'version', [u16(4, 2)(u16(6, 9)(opening()))]],
  ['a highest version below the lowest', 'version', [u16(4, 1)(u16(6, 0)(opening()))]],
  ['an unknown kind', 'kind', [opening(), word(99)]],
  ['kind zero', 'kind', [opening(), word(0)]],
  ['unknown flags', 'flags', [opening(), u8(1, 15)(good)]],
  ['a head of no bytes', 'head', [opening(), u16(2, 0)(good)]],
  ['a head that is too short for a segment', 'head', [opening(), u16(2, 8)(good)]],
  ['a head that is no multiple of four', 'head', [opening(), u16(2, 13)(good)]],
  ['a head longer than any', 'head', [opening(), Buffer.concat([u16(2, 68)(good), new Uint8Array(80)])]],
  ['a segment without bytes', 'length', [opening(), segment(1, new Uint8Array(0))]],
  ['a segment of one byte', 'length', [opening(), segment(1, new Uint8Array(1))]],
  ['a segment one byte longer than any', 'length', [opening(), u32(4, 65_525)(good)]],
  ['a segment of 2^31 bytes', 'length', [opening(), u32(4, 2 ** 31)(good)]],
  ['a word longer than any', 'length', [opening(), u32(4, 4_097)(word(kinds.prompt))]],
  [
    'an acknowledgement that is cut short',
    'length',
    [opening(), word(kinds.acknowledge, new Uint8Array(23))],
  ],
  ['a hello without fields', 'hello', [preamble(), word(kinds.hello)]],
  [
    'a hello with a field that is cut short',
    'hello',
    [preamble(), word(kinds.hello, Uint8Array.of(1, 0, 9, 0, 65))],
  ],
  [
    'a hello with a field twice',
    'hello',
    [preamble(), word(kinds.hello, Uint8Array.of(9, 0, 0, 0, 9, 0, 0, 0))],
  ],
  ['a second hello', 'hello', [opening(), helloWith()]],
  ['a session name longer than any', 'hello', [preamble(), helloWith({ session: 'x'.repeat(257) })]],
  ['a greeting longer than any', 'hello', [preamble(), helloWith({ greeting: new Uint8Array(2_049) })]],
  ['a segment before the hello', 'order', [preamble(), good]],
  ['an acknowledgement before the hello', 'order', [preamble(), ack()]],
  ['a segment that goes on with nothing', 'order', [opening(), segment(1, content, 1)]],
  [
    'a frame that begins in another',
    'order',
    [opening(), segment(1, content.subarray(0, 40), 3), segment(2, content)],
  ],
  ['a frame that is whole before its last segment', 'order', [opening(), segment(1, content, 3)]],
  ['a segment behind the end', 'order', [opening(), end(), good]],
  ['a gap between segments', 'sequence', [opening(), segment(2, content)]],
  ['segments of another cycle', 'sequence', [opening(), segment(2 ** 31 - 5, content)]],
  ['more records than there are', 'frame', [opening(), u32(16, 3)(good)]],
  ['2^32 - 1 records', 'frame', [opening(), u32(16, 2 ** 32 - 1)(good)]],
  ['a body longer than the frame', 'frame', [opening(), u32(20, 10)(good)]],
  ['attachments that are not there', 'frame', [opening(), u32(24, 1)(good)]],
  ['a frame larger than any', 'frame', [opening(), u32(28, 2 ** 31)(u32(20, 2 ** 31 - 68)(good))]],
  ['a frame that ends before its bytes', 'frame', [opening(), segment(1, content.subarray(0, 40))]],
  ['bytes behind a frame', 'trailing', [opening(), segment(1, Buffer.concat([content, new Uint8Array(3)]))]],
  [
    'bytes behind a frame in parts',
    'trailing',
    [
      opening(),
      segment(1, content.subarray(0, 40), 3),
      segment(2, Buffer.concat([content.subarray(40), content]), 5),
    ],
  ],
  [
    'an acknowledgement of what was never sent',
    'acknowledgement',
    [opening(), ack({ messages: { received: 1, records: 0, bytes: 0 } })],
  ],
  [
    'records that were never sent',
    'acknowledgement',
    [opening(), ack({ signals: { received: 0, records: 7, bytes: 0 } })],
  ],
]

test.each(breaches)(
  '%s is found as a breach of "%s", and the session lives on',
  async (name, reason, parts) => {
    for (const size of [Infinity, 1]) {
      const { log, meet, marks, hears, clock, session } = victimOf()
      hears()
      await clock.settle()
      const bytes = Buffer.concat(parts)
      const pieces = size === 1 ? [...bytes].map((byte) => Uint8Array.of(byte)) : [bytes]
      const stream = meet(...pieces)
      expect(log.filter((entry) => entry !== 'stream-malformed')).toEqual([reason])
      expect(stream.ended).toMatchObject({ code: 'stream-malformed', details: { reason } })
      const before = marks.length
      // What has come whole does not come again: these frames go on behind their first segment.
      const isBegun = name.startsWith('a frame that begins') || name.endsWith('in parts')
      const rest = isBegun ? segment(2, content.subarray(40), 5) : segment(2, content)
      const next = meet(preamble(), helloWith({ generation: 5 }), ack(), segment(1, content), rest)
      expect(session.ended).toBeUndefined()
      if (reason !== 'trailing' || !isBegun) {
        expect(next.ended).toBeUndefined()
        expect(marks.length).toBeGreaterThan(before)
      }
      session.cut()
      await clock.settle()
      expect(clock.pendingAlarms).toBe(0)
    }
  },
)

test('more than there is room for is a breach, whoever listens', () => {
  const room = { signals: { records: 10, bytes: 1_000 }, messages: { records: 10, bytes: 1_000 } }
  const { log, meet } = victimOf({ room })
  const frames = Array.from({ length: 20 }, (_, index) => segment(index + 1, content))
  const stream = meet(opening(), ...frames)
  expect(stream.ended).toMatchObject({ details: { reason: 'credit' } })
  expect(log).toEqual(['credit', 'stream-malformed'])
})

test('no hello within five seconds ends a stream', async () => {
  const { log, meet, clock, reception } = victimOf()
  const stream = meet(preamble())
  expect(reception.waiting).toBe(1)
  await clock.advance(5_000)
  expect(stream.ended).toMatchObject({ code: 'stream-silent', details: { reason: 'hello-late' } })
  expect([log, reception.waiting, clock.pendingAlarms]).toEqual([['hello-late'], 0, 0])
})

test('a stream that falls silent amid a segment is given up', async () => {
  const { log, meet, clock } = victimOf()
  const stream = meet(opening(), good.subarray(0, 30))
  await clock.advance(9_000)
  expect(stream.ended).toBeUndefined()
  await clock.advance(11_000)
  expect(stream.ended).toMatchObject({ code: 'stream-silent', details: { reason: 'silence' } })
  expect(log).toEqual(['silence', 'stream-silent'])
})

test('a stream on which nothing is acknowledged is given up', async () => {
  const { log, meet, clock, session } = victimOf()
  expect(session.write('messages', frameOf(1))).toBe(true)
  const stream = meet(opening())
  await clock.advance(20_000)
  expect(stream.ended).toMatchObject({ details: { reason: 'silence' } })
  expect(log).toEqual(['silence', 'stream-silent'])
})

test('an idle stream is left alone', async () => {
  const { log, meet, clock, marks, hears } = victimOf()
  hears()
  await clock.settle()
  const stream = meet(opening(), good)
  await clock.advance(3_600_000)
  expect([stream.ended, marks, log, clock.pendingAlarms]).toEqual([undefined, [5], [], 0])
})

test('fields and units of a later version are passed over', async () => {
  const { marks, meet, hears, clock } = victimOf()
  hears()
  await clock.settle()
  const longer = Buffer.concat([
    u16(2, 16)(good).subarray(0, 12),
    Uint8Array.of(1, 2, 3, 4),
    good.subarray(12),
  ])
  const longHead = Buffer.concat([content.subarray(0, 20), new Uint8Array(8).fill(7), content.subarray(20)])
  const later = u32(16, longHead.byteLength)(u32(0, 28)(longHead))
  const longAck = word(kinds.acknowledge, new Uint8Array(40))
  const unknown = word(200, new Uint8Array(5_001).fill(9))
  const stream = meet(
    preamble(),
    helloWith(),
    longAck,
    longer,
    unknown,
    segment(2, later),
    word(255),
    segment(3, content),
  )
  expect([stream.ended, marks]).toEqual([undefined, [5, 5, 5]])
  const split = victimOf()
  split.hears()
  await split.clock.settle()
  const all = Buffer.concat([preamble(), helloWith(), longAck, longer, unknown, segment(2, later)])
  for (let at = 0, one = split.meet(); at < all.byteLength; at++) one.bring(all.subarray(at, at + 1))
  expect(split.marks).toEqual([5, 5])
})

test('versions are agreed on where their ranges meet', () => {
  const { meet } = victimOf()
  expect(meet(u16(4, 0)(u16(6, 7)(opening()))).ended).toBeUndefined()
})

test('each fifth breach is told to the owner of the session', () => {
  const { log, meet } = victimOf()
  for (let count = 0; count < 10; count++) meet(opening(), word(99))
  expect(log.filter((entry) => entry.startsWith('distrusted'))).toEqual(['distrusted 5', 'distrusted 10'])
})

test('segments that came before are passed over', async () => {
  const { meet, marks, hears, clock } = victimOf()
  hears()
  await clock.settle()
  meet(opening(), good, segment(2, contentOf(frameOf(6))))
  meet(
    preamble(),
    helloWith({ generation: 2 }),
    ack(),
    good,
    segment(2, contentOf(frameOf(6))),
    segment(3, contentOf(frameOf(7))),
  )
  expect(marks).toEqual([5, 6, 7])
})

const refusals: readonly (readonly [string, string, Uint8Array])[] = [
  ['of another session', 'session-unknown', helloWith({ session: 'a-c' })],
  ['of another end than before', 'session-unknown', helloWith({ end: 'ffffffffffffffff', generation: 9 })],
  [
    'that takes this end for another',
    'session-unknown',
    helloWith({ otherEnd: 'ffffffffffffffff', generation: 9 }),
  ],
  ['of an older stream', 'stream-superseded', helloWith({ generation: 0 })],
  [
    'with less room',
    'session-narrow',
    helloWith({
      generation: 9,
      room: { signals: { records: 1, bytes: 1 }, messages: { records: 1, bytes: 1 } },
    }),
  ],
  [
    'with a greeting that the owner does not admit',
    'greeting-wrong',
    helloWith({ generation: 9, greeting: Uint8Array.of(1) }),
  ],
]

test.each(refusals)(
  'a hello %s is refused as "%s", and the stream in use is left alone',
  (_, code, hello) => {
    const { meet, session } = victimOf({
      admits: (greeting) => (greeting.byteLength > 0 ? 'greeting-wrong' : undefined),
    })
    const used = meet(opening())
    const stream = meet(preamble(), hello)
    const isFinal = code === 'session-unknown'
    expect(stream.bytes).toEqual(Buffer.concat([preamble(), refuse(code, isFinal)]))
    expect([stream.ended, used.ended, session.stream]).toEqual([null, undefined, used])
  },
)

test('a refusal that is final ends the session, another does not', () => {
  for (const isFinal of [false, true]) {
    const { log, session } = victimOf()
    const stream = new HostileStream(true)
    session.join(stream)
    stream.bring(preamble(), refuse('member-removed', isFinal))
    expect(session.ended).toBe(isFinal ? 'cut' : undefined)
    expect(log).toContain(`member-removed ${isFinal}`)
  }
})

test('once a refusal that is final has come on a new stream, nothing that comes on the old one is handed over', async () => {
  const { clock, marks, hears, meet, session } = victimOf()
  hears()
  await clock.settle()
  const used = meet(opening(), good)
  expect(marks).toHaveLength(1)
  const stream = new HostileStream(true)
  session.join(stream)
  stream.bring(preamble(), refuse('session-unknown', true))
  used.bring(segment(2, content))
  expect([session.ended, marks.length, used.ended instanceof Error]).toEqual(['cut', 1, true])
})

test('a refusal that is no code is a breach', () => {
  const { log, meet } = victimOf()
  meet(opening(), word(kinds.refuse, new TextEncoder().encode('\u001b[31m')))
  expect(log).toEqual(['frame', 'stream-malformed'])
})

test('a thousand streams wait for their hello, and the next one is refused', () => {
  const { meet, reception } = victimOf()
  for (let count = 0; count < 1_000; count++) meet()
  const stream = meet()
  expect(stream.bytes).toEqual(Buffer.concat([preamble(), refuse('reception-full', false)]))
  reception.close()
  expect(reception.waiting).toBe(0)
})
