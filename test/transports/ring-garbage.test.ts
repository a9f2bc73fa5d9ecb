// Tests of what no writer writes: a reader that finds it in its ring, or on its port, cuts the wire.
import { expect, test } from 'vitest'
import { SystemClock } from '../../node/system-clock.ts'
import {
  frameHeadBytes,
  headAt,
  newRing,
  onPortBit,
  viewsOf,
  wrapMark,
} from '../../transports/thread/ring-layout.ts'
import { newThreadWire, openThreadWire } from '../../transports/thread/thread-wire-ends.ts'
import { Ear } from '../contracts/wire-ear.ts'
import type { ThreadWireEnd } from '../../transports/thread/thread-wire-ends.ts'

const clock = new SystemClock()
const oneRecord = 1 << 2
const tooMany = 0x1fffffff << 2

/** Puts two words at the beginning of the ring and moves the head. */
function plant(end: ThreadWireEnd, first: number, second: number, head: number): void {
  const { control, words } = viewsOf(end.outgoing)
  words[0] = first
  words[1] = second
  Atomics.store(control, headAt, head)
}

function post(end: ThreadWireEnd, message: unknown): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  end.port.postMessage(message)
}

const parcel = [new Int32Array(6), new Uint8Array(2), []]
const garbage: readonly [string, (end: ThreadWireEnd) => void][] = [
  ['a head between two frames', (end) => plant(end, 0, oneRecord, 31)],
  ['a head further than the ring is long', (end) => plant(end, 0, oneRecord, 262_152)],
  ['a head behind the tail', (end) => plant(end, 0, oneRecord, -32)],
  ['a body that is longer than what was written', (end) => plant(end, 100, oneRecord, 32)],
  ['a body that is longer than the ring', (end) => plant(end, 0x7fffffff, oneRecord, 32)],
  ['a body of a negative length', (end) => plant(end, -5, oneRecord, 32)],
  ['more records than were written', (end) => plant(end, 0, 2 << 2, 32)],
  ['more records than can be', (end) => plant(end, 0, tooMany, 32)],
  ['a negative number of records', (end) => plant(end, 0, -4, 32)],
  ['a wrap at the beginning', (end) => plant(end, wrapMark, 0, 64)],
  ['the place of a frame that did not come', (end) => plant(end, 26, oneRecord | onPortBit, frameHeadBytes)],
  ['the place of a negative length', (end) => plant(end, -26, oneRecord | onPortBit, frameHeadBytes)],
  [
    'the place of what is no frame',
    (end) => {
      post(end, { hello: 'world' })
      plant(end, 26, oneRecord | onPortBit, frameHeadBytes)
    },
  ],
  [
    'the place of a frame with another number of records',
    (end) => {
      post(end, parcel)
      plant(end, 26, (2 << 2) | onPortBit, frameHeadBytes)
    },
  ],
  [
    'the place of a frame with another length',
    (end) => {
      post(end, parcel)
      plant(end, 27, oneRecord | onPortBit, frameHeadBytes)
    },
  ],
]

test.each(garbage)('%s cuts the wire and is not handed over', async (_, writeIt) => {
  const [own, theirs] = newThreadWire()
  writeIt(theirs)
  const ear = new Ear(openThreadWire(own, clock))
  const other = new Ear(openThreadWire(theirs, clock))
  expect(await Promise.all([ear.closing, other.closing])).toEqual(['cut', 'cut'])
  expect(ear.events).toEqual(['closed'])
})

test('what the port brings in the place of a frame is handed over when it is one', async () => {
  const [own, theirs] = newThreadWire()
  post(theirs, parcel)
  plant(theirs, 26, oneRecord | onPortBit, frameHeadBytes)
  const ear = new Ear(openThreadWire(own, clock))
  await ear.until(() => ear.frames('signals').length === 1)
  expect(ear.frames('signals')[0]).toEqual({ words: parcel[0], count: 1, body: parcel[1], attachments: [] })
})

test('a wrap that leads past what was written cuts the wire, whatever stands there', async () => {
  const [own, theirs] = newThreadWire()
  const { control, words } = viewsOf(theirs.outgoing)
  post(theirs, parcel)
  plant(theirs, 0, oneRecord, 64)
  words[8] = wrapMark
  const ear = new Ear(openThreadWire(own, clock))
  ear.onFrame = () => plant(theirs, 26, oneRecord | onPortBit, 64)
  expect(await ear.closing).toBe('cut')
  expect(ear.events).toEqual(['frame', 'closed'])
  expect(Atomics.load(control, headAt)).toBe(64)
})

test.each([0, 100, 4_095, 4_097, 2_048, 134_217_728])('a ring of %d bytes is not made', (bytes) => {
  expect(() => newRing(bytes)).toThrow('size that is not allowed')
})
