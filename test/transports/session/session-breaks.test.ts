// Tests of a session over streams that break: at each byte, amid each piece, and at any moment that chance finds.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordWords } from '../../../runtime/wire.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { frameOf } from '../../contracts/wire.ts'
import { Ear } from '../../contracts/wire-ear.ts'
import { sessionPair } from './session-pair.ts'
import type { Frame, Lane } from '../../../runtime/wire.ts'
import type { Pair } from './session-pair.ts'

const quickly = { redialMs: { min: 0, max: 0 } }
const sizes = [0, 30, 5, 20_000, 1, 100_000, 7]

/** Frames that differ, both ways and on both lanes. */
function writeAll({ near, far }: Pair): void {
  for (const [mark, size] of sizes.entries()) {
    expect(near.session.write('messages', frameOf(mark, 1 + (mark % 3), size))).toBe(true)
    expect(near.session.write('signals', frameOf(mark + 100, 1, 3))).toBe(true)
    expect(far.session.write('messages', frameOf(mark + 200, 2, size >> 4))).toBe(true)
  }
}

function expectAll(near: Ear, far: Ear): void {
  const marks = [...sizes.keys()]
  expect(far.marks('messages')).toEqual(marks)
  expect(far.frames('messages').map(({ body }) => body.byteLength)).toEqual(sizes)
  expect(far.frames('messages').every(({ body }, mark) => body.every((byte) => byte === mark))).toBe(true)
  expect(far.marks('signals')).toEqual(marks.map((mark) => mark + 100))
  expect(near.marks('messages')).toEqual(marks.map((mark) => mark + 200))
}

async function runBreaking(peer: string, bytes: number, pieceBytesMax: number): Promise<void> {
  const clock = new ManualClock()
  let opened = 0
  const pair = sessionPair({
    clock,
    line: quickly,
    shape: { pieceBytesMax },
    bothDial: false,
    opened: (stream) => {
      opened++
      // The second one breaks later, so that it breaks in what is sent again.
      if (opened <= 2) stream.breakAfter(peer, bytes * opened)
    },
  })
  const [near, far] = [new Ear(pair.near.session), new Ear(pair.far.session)]
  writeAll(pair)
  await clock.settle()
  pair.near.session.close()
  await clock.settle()
  expect(await Promise.all([near.closing, far.closing])).toEqual(['closed', 'closed'])
  expectAll(near, far)
  expect(pair.near.session.malformed.size + pair.far.session.malformed.size).toBe(0)
  expect(clock.pendingAlarms).toBe(0)
}

test('at whatever byte a stream breaks, each frame comes once and in order', async () => {
  for (const peer of ['a', 'b']) {
    for (let bytes = 0; bytes < 400; bytes++) await runBreaking(peer, bytes, 0)
    for (let bytes = 400; bytes < 130_000; bytes += 1_997) await runBreaking(peer, bytes, 0)
  }
})

test('bytes that come one by one make the same frames, wherever a stream breaks', async () => {
  for (const bytes of [Infinity, 0, 1, 7, 8, 100, 333, 21_000, 50_001]) await runBreaking('a', bytes, 1)
})

type Step =
  | {
      readonly kind: 'write'
      readonly isNear: boolean
      readonly lane: Lane
      readonly size: number
      readonly count: number
    }
  | { readonly kind: 'break' | 'drop' | 'renew' | 'stop' | 'cutOff' }
  | { readonly kind: 'wait'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      isNear: fc.boolean(),
      lane: fc.constantFrom<Lane>('signals', 'messages'),
      size: fc.constantFrom(0, 1, 50, 9_000, 30_000, 70_000, 400_000),
      count: fc.constantFrom(0, 1, 3, 64),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'break' as const,
        'drop' as const,
        'renew' as const,
        'stop' as const,
        'cutOff' as const,
      ),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.constantFrom(0, 0.3, 1, 3, 10, 300, 30_000),
    }),
  },
)

/** Numbers what it writes, and checks that the other side hears the numbers in turn. */
class Ledger {
  readonly written: Record<string, number> = {}
  readonly heard: Record<string, number> = {}
  readonly wrong: string[] = []

  frame(key: string, count: number, size: number): Frame {
    const number = this.written[key] ?? 0
    const words = new Int32Array(count * recordWords).fill(number)
    const body = new Uint8Array(size + 4).fill(number & 255)
    new DataView(body.buffer).setUint32(0, number)
    return { words, count, body, attachments: [] }
  }

  hear(key: string, { words, count, body }: Frame): void {
    const number = this.heard[key] ?? 0
    this.heard[key] = number + 1
    const found = new DataView(body.buffer, body.byteOffset).getUint32(0)
    const isRight = found === number && body.subarray(4).every((byte) => byte === (number & 255))
    if (!isRight || words.subarray(0, count * recordWords).some((word) => word !== number)) {
      this.wrong.push(`${key}: ${found} instead of ${number}`)
    }
  }
}

async function runProgram(steps: readonly Step[], seed: number): Promise<void> {
  const clock = new ManualClock()
  const random = seededRandom(seed)
  const shape = [
    { latencyMs: 1, jitterMs: 2 },
    { latencyMs: 0.5, bytesPerMs: 20_000 },
    { pieceBytesMax: 5_000 },
    {},
  ][seed % 4]!
  const room = { signals: { records: 100, bytes: 30_000 }, messages: { records: 200, bytes: 100_000 } }
  const pair = sessionPair({
    clock,
    random,
    shape,
    dialMs: 50,
    ...(seed % 3 === 0 ? { session: { room } } : {}),
    line: { redialMs: { min: 1, max: 50 } },
    opened: (stream) => {
      if (random.next() < 0.3) stream.breakAfter(random.next() < 0.5 ? 'a' : 'b', random.integer(300_000))
    },
  })
  const { network } = pair
  const ledger = new Ledger()
  for (const [name, side] of [
    ['far', pair.near],
    ['near', pair.far],
  ] as const) {
    side.session.listen({
      frame: (lane, frame) => ledger.hear(`${name} ${lane}`, frame),
      room: () => undefined,
      closed: (why) => ledger.wrong.push(`${name} ${why}`),
    })
  }
  let heals: (() => void)[] = []
  for (const one of steps) {
    if (one.kind === 'write') {
      const key = `${one.isNear ? 'near' : 'far'} ${one.lane}`
      const { session } = one.isNear ? pair.near : pair.far
      if (session.write(one.lane, ledger.frame(key, one.count, one.size))) {
        ledger.written[key] = (ledger.written[key] ?? 0) + 1
      }
    } else if (one.kind === 'break') network.break('a', 'b')
    else if (one.kind === 'renew') pair.near.line.renew()
    else if (one.kind === 'stop') {
      network.stop('b')
      heals.push(() => network.resume('b'))
    } else if (one.kind === 'wait') {
      await clock.advance(one.ms)
      if (one.ms < 3) continue
      for (const heal of heals) heal()
      heals = []
    } else
      heals.push(
        network.partition({ from: ['a'], to: ['b'], flavour: one.kind === 'drop' ? 'drop' : 'reset' }),
      )
  }
  for (const heal of heals) heal()
  await clock.advance(60_000)
  expect(ledger.wrong).toEqual([])
  expect(ledger.heard).toEqual(ledger.written)
  for (const { session } of [pair.near, pair.far]) {
    expect(session.counts('messages').taken).toBe(session.counts('messages').written)
    expect(
      [...session.malformed.keys()].filter((reason) => !['silence', 'hello-late'].includes(reason)),
    ).toEqual([])
  }
}

test('whatever is written, and whatever happens to the streams, each frame comes once and in order on its lane', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(1_000_000), runProgram),
    { numRuns: 1_000 },
  )
}, 120_000)
