// Messages of the council: what was written is read again, and what is no message never becomes one.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newEntry } from '../../../../actors/cluster/council/entry.ts'
import { decodeMessage, encodeMessage } from '../../../../actors/cluster/council/message-codec.ts'
import { messageBytesMax } from '../../../../actors/cluster/council/message.ts'
import type { Message } from '../../../../actors/cluster/council/message.ts'

const nat = fc.maxSafeNat()
const time = fc.double({ noNaN: true, noDefaultInfinity: true })
const bytes = fc.uint8Array({ maxLength: 40 })
const fromLeader = { term: nat, round: nat, sentAt: time, echo: time, hasLease: fc.boolean() }
const toLeader = { term: nat, round: nat, sentAt: time, askedAt: time }
const proposal = fc.record({
  kind: fc.constantFrom('command', 'voters', 'start'),
  member: nat,
  counter: nat,
  settled: nat,
  data: bytes,
} as const)

function kind<T extends Message['type'], R extends Record<string, fc.Arbitrary<unknown>>>(
  type: T,
  fields: R,
): fc.Arbitrary<Message> {
  return fc.record({ type: fc.constant(type), ...fields }) as unknown as fc.Arbitrary<Message>
}

const append = fc
  .tuple(fc.record(fromLeader), fc.array(proposal, { maxLength: 5 }), fc.nat(1000))
  .map(([head, proposals, prevIndex]): Message => {
    const entries = proposals.map((one, i) => newEntry(prevIndex + 1 + i, Math.min(7, head.term), one))
    return { type: 'append', ...head, prevIndex, prevTerm: 0, commit: 3, entries }
  })

const message = fc.oneof(
  append,
  kind('ask-vote', {
    term: nat,
    isPre: fc.boolean(),
    isTransfer: fc.boolean(),
    lastIndex: nat,
    lastTerm: nat,
  }),
  kind('vote', { term: nat, isPre: fc.boolean(), isGranted: fc.boolean(), leader: nat }),
  kind('appended', {
    ...toLeader,
    isMatch: fc.boolean(),
    canVote: fc.boolean(),
    index: nat,
    hintTerm: nat,
    prevIndex: nat,
  }),
  kind('chunk', {
    ...fromLeader,
    index: nat,
    lastTerm: nat,
    size: fc.integer({ min: 1000, max: 2000 }),
    crc: fc.nat(0xffffffff),
    offset: fc.nat(900),
    data: bytes,
  }),
  kind('chunked', { ...toLeader, index: nat, received: nat }),
  kind('follow', { term: nat, askedAt: time, lastIndex: nat, canVote: fc.boolean() }),
  kind('leader-is', { term: nat, leader: nat }),
  kind('propose', { proposals: fc.array(proposal, { maxLength: 5 }) }),
  kind('refused', { counter: nat, why: fc.constantFrom('full', 'behind', 'already-so') }),
  kind('ask-index', { id: nat }),
  kind('index-is', { id: nat, index: nat }),
  kind('lead', { term: nat }),
)

test('every message is read as it was written', () => {
  fc.assert(
    fc.property(message, (one) => {
      expect(decodeMessage(encodeMessage(one))).toEqual(one)
    }),
    { numRuns: 500 },
  )
})

test('a message that is cut off or goes on is none', () => {
  fc.assert(
    fc.property(message, fc.nat(), (one, cut) => {
      const whole = encodeMessage(one)
      expect(decodeMessage(whole.subarray(0, cut % whole.length))).toBeUndefined()
      expect(decodeMessage(Buffer.concat([whole, Buffer.alloc(1)]))).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test('no bytes make the reader throw', () => {
  fc.assert(
    fc.property(message, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), (one, changes) => {
      const bytes = encodeMessage(one).slice()
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte
      decodeMessage(bytes)
    }),
    { numRuns: 3_000 },
  )
})

test('a message that is longer than the limit is not looked at', () => {
  expect(decodeMessage(new Uint8Array(messageBytesMax + 1))).toBeUndefined()
})

test('a message that says it has more entries than bytes takes no memory for them', () => {
  const small = encodeMessage({ type: 'propose', proposals: [] }).slice()
  expect(decodeMessage(Buffer.concat([small.subarray(0, 2), Buffer.from([0xff, 0x1f])]))).toBeUndefined()
})
