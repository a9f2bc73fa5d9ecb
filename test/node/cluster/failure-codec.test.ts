// The failure codec: every message of a sentinel comes back as it was, and bytes that are none are none.
import { expect, test } from 'vitest'
import fc from 'fast-check'
import { FailureCodec } from '../../../node/cluster/failure-codec.ts'
import type { Beat, FailureMessage } from '../../../actors/cluster/failure/failure-message.ts'

const beat: Beat = {
  type: 'beat',
  member: 3,
  sequence: 12,
  view: 7,
  lagMs: 5,
  heard: 11,
  heardMs: 180,
  isActing: true,
  opinions: [],
}

const messages: readonly FailureMessage[] = [
  beat,
  { ...beat, isActing: false, heard: 0 },
  { type: 'grant', sequence: 99 },
  { type: 'ping', nonce: 4 },
  { type: 'pong', nonce: 4 },
  { type: 'probe', subject: 2, nonce: 5 },
  { type: 'alive', subject: 2, nonce: 5 },
]

test('what was said is what is read', () => {
  const codec = new FailureCodec()
  for (const message of messages) expect(codec.decode(codec.encode(message).slice())).toEqual(message)
})

test('a heartbeat that suspects nobody takes fifty bytes', () => {
  expect(new FailureCodec().encode(beat)).toHaveLength(50)
})

test('numbers that no sentinel says are refused in every shape', () => {
  const codec = new FailureCodec()
  for (const value of [NaN, -1, Infinity, 0.5, 2 ** 53]) {
    expect(codec.decode(codec.encode({ ...beat, sequence: value }))).toBeUndefined()
    expect(codec.decode(codec.encode({ type: 'grant', sequence: value }))).toBeUndefined()
  }
})

test('bytes that are no message give none, whatever they are', () => {
  const codec = new FailureCodec()
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const message = codec.decode(bytes)
      expect(message === undefined || typeof message.type === 'string').toBe(true)
    }),
    { numRuns: 2_000 },
  )
  expect(codec.decode(new Uint8Array(0))).toBeUndefined()
})
