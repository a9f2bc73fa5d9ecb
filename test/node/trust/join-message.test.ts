// The messages of a join: whatever bytes come, the desk answers with a fault and stays as it was.
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import {
  field,
  fieldsMax,
  readFields,
  textField,
  timeField,
  writeFields,
} from '../../../node/trust/fields.ts'
import { joinAnswerBytesMax, readJoinAnswer, writeJoinAnswer } from '../../../node/trust/join-answer.ts'
import { joinRequestBytesMax, readJoinRequest, writeJoinRequest } from '../../../node/trust/join-request.ts'
import { readToken } from '../../../node/trust/join-token.ts'
import { IdentityKey } from '../../../transports/libp2p/identity/identity-key.ts'
import { PrivateKey, sha256 } from '../../../transports/libp2p/identity/keys.ts'
import { askOf, binding, TrustRoom } from './trust-room.ts'

const kind = 'test 1\n'
const code = (name: string): unknown => expect.objectContaining({ code: name })

function request(): Uint8Array {
  const right = { kind: 'token', token: { id: '0123456789abcdef', secret: new Uint8Array(32) } } as const
  const wish = {
    cluster: 'troupetroupe2345',
    identity: IdentityKey.make(),
    leafKey: PrivateKey.make('ml-dsa-65'),
    right,
  }
  return writeJoinRequest(wish, binding)
}

test('fields come back as they were, those that nobody knows too', () => {
  const numbers = fc.integer({ min: 1, max: 255 })
  const entries = fc.uniqueArray(fc.tuple(numbers, fc.uint8Array({ maxLength: 300 })), {
    selector: ([number]) => number,
    maxLength: fieldsMax,
  })
  fc.assert(
    fc.property(entries, (fields) => {
      expect([...readFields(kind, writeFields(kind, new Map(fields)), 1e6)]).toEqual(fields)
    }),
  )
})

test.each([
  ['another kind', 'test 2\n', []],
  ['a head that is cut', 'test', []],
  ['a field without a length', kind, [1, 0]],
  ['a field that is cut', kind, [1, 0, 2, 9]],
  ['the number zero', kind, [0, 0, 0]],
  ['a field twice', kind, [1, 0, 0, 1, 0, 0]],
  ['too many fields', kind, Array.from({ length: fieldsMax + 1 }, (_, index) => [index + 1, 0, 0]).flat()],
])('%s is refused', (_, head, rest) => {
  const bytes = Uint8Array.from([...new TextEncoder().encode(head), ...rest])
  expect(() => readFields(kind, bytes, 1e6)).toThrow(code('join-malformed'))
})

test('a field that is missing, too long, not text or no time is refused', () => {
  const fields = new Map([
    [1, Uint8Array.of(1, 2, 3)],
    [2, new Uint8Array(8).fill(0xff)],
  ])
  expect(() => field(fields, 3, 0, 9)).toThrow(code('join-malformed'))
  expect(() => field(fields, 1, 4)).toThrow(code('join-malformed'))
  expect(() => textField(fields, 1, 9)).toThrow(code('join-malformed'))
  expect(() => timeField(fields, 2)).toThrow(code('join-malformed'))
})

test('a request is read by who has the channel it was made for', () => {
  const bytes = request()
  expect(bytes.byteLength).toBeLessThan(joinRequestBytesMax)
  expect(readJoinRequest(bytes, binding)).toMatchObject({
    cluster: 'troupetroupe2345',
    right: { kind: 'token' },
  })
  expect(() => readJoinRequest(bytes, new Uint8Array(32))).toThrow(code('join-unproven'))
})

test('a request with any byte changed is refused', () => {
  const good = request()
  expect(isWhole(good)).toBe(true)
  fc.assert(
    fc.property(fc.nat({ max: good.byteLength - 1 }), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const bytes = Uint8Array.from(good)
      bytes[at] = (bytes[at] ?? 0) ^ change
      return !isWhole(bytes)
    }),
    { numRuns: 2_000 },
  )
})

test('more bytes than a request or an answer may have are not looked at', () => {
  expect(() => readJoinRequest(new Uint8Array(joinRequestBytesMax + 1), binding)).toThrow(
    code('join-malformed'),
  )
  expect(() => readJoinAnswer(new Uint8Array(joinAnswerBytesMax + 1))).toThrow(code('join-malformed'))
})

test('mutated requests, answers and tokens end in a fault or are read', { timeout: 60_000 }, () => {
  const refusal = writeJoinAnswer({ kind: 'refused', code: 'a-b', message: 'c\n\u{1F3AD}', hint: '' })
  expect(readJoinAnswer(refusal)).toEqual({ kind: 'refused', code: 'a-b', message: 'c???', hint: '' })
  const seeds = [request(), refusal]
  const mutation = fc.record({
    seed: fc.nat({ max: 1 }),
    cut: fc.nat({ max: 6_000 }),
    head: fc.integer({ min: 0, max: 30 }),
    flips: fc.array(fc.tuple(fc.nat({ max: 400 }), fc.nat({ max: 255 })), { maxLength: 5 }),
    tail: fc.uint8Array({ maxLength: 40 }),
  })
  const readers = [
    (bytes: Uint8Array): unknown => readJoinRequest(bytes, binding),
    (bytes: Uint8Array): unknown => readJoinAnswer(bytes),
    (bytes: Uint8Array): unknown => readToken(`troupe-join-1.${Buffer.from(bytes).toString('base64url')}`),
  ]
  const codes = ['none', 'join-malformed', 'join-unproven', 'certificate-invalid', 'token-invalid']
  fc.assert(
    fc.property(mutation, fc.nat({ max: 2 }), ({ seed, cut, head, flips, tail }, which) => {
      const whole = seeds[seed] ?? refusal
      const bytes = Uint8Array.from([...whole.subarray(0, cut % (whole.byteLength + 1)), ...tail])
      for (const [at, value] of flips) if (head + at < bytes.byteLength) bytes[head + at] = value
      return codes.includes(codeOf(() => readers[which]?.(bytes)))
    }),
    { numRuns: 30_000 },
  )
})

test('a desk that is sent anything answers each time, and still lets the right one in', async () => {
  const room = new TrustRoom()
  await room.found('/a')
  await using founder = await room.open('/a')
  const good = request()
  let source = 0
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 60 }),
      fc.nat({ max: good.byteLength }),
      async (noise, at) => {
        const bytes = Uint8Array.from([
          ...good.subarray(0, at),
          ...noise,
          ...good.subarray(at + noise.byteLength),
        ])
        const answer = readJoinAnswer(await askOf(founder, { source: String(source++) })(bytes))
        return answer.kind === 'refused'
      },
    ),
    { numRuns: 1_000 },
  )
  const counted = [...(founder.desk?.counts.values() ?? [])].reduce((sum, count) => sum + count, 0)
  expect(counted).toBe(1_000)
  expect(await room.join('/b', await room.token('/a'), founder)).toMatchObject({ cluster: founder.cluster })
})

/** Whether all its signatures are good, and it proves the token. */
function isWhole(bytes: Uint8Array): boolean {
  try {
    const { right } = readJoinRequest(bytes, binding)
    return right.kind === 'token' && right.token.isProvenBy(sha256(new Uint8Array(32)))
  } catch (error) {
    if (Fault.is(error)) return false
    throw error
  }
}

/** `none` if nothing was thrown; what is no fault goes on. */
function codeOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (Fault.is(error)) return error.code
    throw error
  }
  return 'none'
}
