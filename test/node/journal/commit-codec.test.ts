// Tests of the commit codec: what is kept of a commit is what is read again, and bytes of strangers do no harm.
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BodyCodec } from '../../../node/journal/commit-codec.ts'
import { Encoder } from '../../../transports/codec/encoder.ts'
import { Fault } from '../../../runtime/fault.ts'
import { recordBytesMax } from '../../../runtime/journal.ts'
import { payloadDepthMax } from '../../../runtime/payload.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { startTestNode } from 'troupe/testing'
import { defineActor } from 'troupe'
import { refAt } from '../../../runtime/ref.ts'
import type { Commit } from '../../../runtime/commit.ts'

const attempt = 'persist "deposited" of "bank/ada"'
const codec = new BodyCodec((path) => ({ path }))

function again(commit: Commit): Commit {
  return codec.decode(codec.encode(commit, attempt))
}

function code(expected: string): unknown {
  return expect.objectContaining({ code: expected })
}

/** As a stranger would write one: a body of any list. */
function bodyOf(...row: unknown[]): Uint8Array {
  return new Encoder({ isStateless: true, isWhole: true }).encode(row, row.length).bytes
}

const text = fc.string({ unit: 'binary' })
const { payload } = fc.letrec((tie) => ({
  payload: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(undefined, null, -0, true, `\uFEFF${'x'.repeat(20)}`),
    fc.double(),
    fc.integer(),
    fc.bigInt(),
    text,
    fc.date({ noInvalidDate: false }),
    fc.uint8Array(),
    fc.float64Array(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: 16_380, max: 16_390 }).map((size) => new Uint8Array(size).fill(5)),
    fc.array(tie('payload')),
    fc.dictionary(text.filter(isKey), tie('payload'), { noNullPrototype: true }),
    fc.array(fc.tuple(tie('payload'), tie('payload'))).map((entries) => new Map(entries)),
    fc.array(tie('payload')).map((members) => new Set(members)),
  ),
}))
const count = fc.nat()
const timer = fc.oneof(
  fc.record({ key: text }, { noNullPrototype: true }),
  fc.record(
    {
      key: text,
      name: text,
      payload,
      dueMs: count,
      periodMs: fc.option(count, { nil: undefined }),
      catchUp: fc.constantFrom('skip', 'once', 'each'),
    },
    { noNullPrototype: true },
  ),
)
const commits = fc.record(
  {
    events: fc.array(fc.tuple(text, payload, count)),
    state: fc.record({ version: count, data: payload }, { noNullPrototype: true }),
    timers: fc.array(timer),
    sender: text,
    sent: fc.array(fc.record({ to: text, number: count, name: text, payload }, { noNullPrototype: true })),
    arrived: fc.array(fc.tuple(text, count)),
    handled: fc.array(fc.tuple(text, text, count)),
    replies: fc.array(fc.oneof(fc.tuple(text), fc.tuple(text, payload))),
  },
  { requiredKeys: [], noNullPrototype: true },
) as fc.Arbitrary<Commit>

function isKey(name: string): boolean {
  return !['__proto__', 'constructor', 'prototype'].includes(name)
}

test('every commit is read as it was written', () => {
  fc.assert(
    fc.property(commits, (commit) => {
      expect(isDeepStrictEqual(again(commit), commit)).toBe(true)
    }),
    { numRuns: 500 },
  )
})

test('nothing, and a reply that is undefined, are not the same as what is missing', () => {
  const commit: Commit = { events: [], replies: [['a'], ['b', undefined], ['c', null]] }
  expect(again({})).toStrictEqual({})
  expect(again(commit)).toStrictEqual(commit)
})

test('a fault stays a fault, with its details and its outcome', () => {
  const fault = new Fault('a-b', 'Cannot go: no way', {
    hint: 'Stay.',
    details: { way: 1 },
    outcome: 'unknown',
  })
  const [reply] = again({ replies: [['k', fault]] }).replies ?? []
  expect(Fault.is(reply?.[1])).toBe(true)
  expect(reply?.[1]).toMatchObject({ code: 'a-b', hint: 'Stay.', details: { way: 1 }, outcome: 'unknown' })
})

test('a ref is what the given function makes of its path', async () => {
  await using node = await startTestNode()
  const ada = await node.spawn(defineActor('ada', { on: { ping: () => 'pong' } }), 'bank/ada')
  const kept = new BodyCodec((path) => refAt(node.runtime.host, path))
  const commit = kept.decode(kept.encode({ events: [['met', { whom: ada }, 1]] }, attempt))
  const [[, met] = []] = commit.events ?? []
  expect(await (met as { whom: typeof ada }).whom.ask('ping')).toBe('pong')
})

test('what a payload is made of when it is encoded is kept, and not what becomes of it', () => {
  const list = [1]
  const bytes = codec.encode({ events: [['noted', list, 1]] }, attempt).slice()
  list.push(2)
  expect(codec.decode(bytes).events).toEqual([['noted', [1], 1]])
})

test('bytes lie in the body, however many', () => {
  const bytes = new Uint8Array(1_000_000).fill(7)
  const body = codec.encode({ state: { version: 1, data: { bytes, also: bytes.buffer } } }, attempt)
  expect(body.byteLength).toBeGreaterThan(2_000_000)
  expect(codec.decode(body).state?.data).toEqual({ bytes, also: bytes.buffer })
})

test('a payload is kept as deep as one may be that is told', () => {
  let deep: unknown = 1n << 70n
  for (let level = 0; level < payloadDepthMax; level++) deep = new Map([[1, deep]])
  const commit: Commit = { events: [['deepened', deep, 1]], state: { version: 1, data: deep } }
  expect(again(commit)).toEqual(commit)
})

describe('is refused', () => {
  test('what is no data, by its place', () => {
    const commit: Commit = { events: [['deposited', { by: { whom: () => 'me' } }, 1]] }
    expect(() => codec.encode(commit, attempt)).toThrow(
      expect.objectContaining({
        code: 'payload-unencodable',
        message: `Cannot ${attempt}: $.by.whom is a function`,
      }),
    )
    expect(again({ sender: 'still there' })).toEqual({ sender: 'still there' })
  })

  test('what is more than a record may have', () => {
    const commit: Commit = { state: { version: 1, data: new Uint8Array(recordBytesMax) } }
    expect(() => codec.encode(commit, attempt)).toThrow(code('payload-too-large') as Error)
    const largest = { state: { version: 1, data: new Uint8Array(recordBytesMax - 100) } }
    expect(codec.encode(largest, attempt).byteLength).toBeLessThanOrEqual(recordBytesMax)
  })

  test('a body from which bytes are missing, or that is none', () => {
    const body = codec.encode({ events: [['deposited', 5, 1]], sender: 'me' }, attempt).slice()
    for (let size = 0; size < body.length; size++)
      expect(() => codec.decode(body.subarray(0, size))).toThrow(code('frame-malformed') as Error)
    expect(() => codec.decode(new Uint8Array(100).fill(0xc1))).toThrow(code('frame-malformed') as Error)
  })

  test.each<[string, unknown[]]>([
    ['events that are no list', ['deposited']],
    ['an event that is no list', [['deposited']]],
    ['an event without a version', [[['deposited', 1]]]],
    ['an event whose name is a number', [[[1, 1, 1]]]],
    ['an event whose version is a text', [[['deposited', 1, '1']]]],
    ['an event of half a version', [[['deposited', 1, 0.5]]]],
    ['a state without data', [null, [1]]],
    ['a state of version -1', [null, [-1, 0]]],
    ['a timer without times', [null, null, [['key', 'name', 0]]]],
    ['a timer whose key is missing', [null, null, [[null]]]],
    ['a timer that is never due', [null, null, [['key', 'name', 0, Infinity, null, 'once']]]],
    ['a timer that catches up otherwise', [null, null, [['key', 'name', 0, 1, null, 'twice']]]],
    ['a sender that is a list', [null, null, null, []]],
    ['a letter without a number', [null, null, null, null, [['to', null, 'name', 1]]]],
    ['a letter that is too short', [null, null, null, null, [['to', 1, 'name']]]],
    ['an arrival that says nothing', [null, null, null, null, null, [['to']]]],
    ['a handled one without a sender', [null, null, null, null, null, null, [['from', null, 1]]]],
    ['a reply without a key', [null, null, null, null, null, null, null, [[]]]],
    ['a reply with two answers', [null, null, null, null, null, null, null, [['k', 1, 2]]]],
    ['one field too many', [null, null, null, null, null, null, null, null, null]],
  ])('a body with %s', (_, row) => {
    expect(() => codec.decode(bodyOf(...row))).toThrow(
      expect.objectContaining({
        code: 'frame-malformed',
        message: expect.stringMatching(/^Cannot read a commit/),
      }),
    )
  })
})

test('fifty thousand mutated bodies are malformed or commits, and leave no trace', () => {
  const random = seededRandom('mutated commits')
  const commit: Commit = {
    events: [
      ['deposited', { amount: 3.5, note: 'é🙂', map: new Map([[1, new Set([2n ** 70n])]]) }, 1],
      ['noted', [new Date(0), new Uint8Array(20), new Fault('a-b', 'm', { hint: 'h' }), -0], 2],
    ],
    state: { version: 3, data: { list: [1, 2] } },
    timers: [{ key: 't', name: 'beat', payload: 1, dueMs: 5, periodMs: 10, catchUp: 'each' }, { key: 'u' }],
    sender: 'me',
    sent: [{ to: 'a/b', number: 1, name: 'hello', payload: null }],
    arrived: [['a/b', 1]],
    handled: [['c', 'd', 2]],
    replies: [['k', 'r']],
  }
  const sound = codec.encode(commit, attempt).slice()
  let malformed = 0
  for (let round = 0; round < 50_000; round++) {
    const mutant = sound.slice(0, random.integer(8) === 0 ? random.integer(sound.length) + 1 : sound.length)
    for (let change = random.integer(4); change >= 0; change--)
      mutant[random.integer(mutant.length)] = random.integer(256)
    try {
      codec.decode(mutant)
    } catch (fault) {
      malformed++
      if (!Fault.is(fault) || fault.code !== 'frame-malformed') throw fault
    }
  }
  expect(malformed).toBeGreaterThan(5_000)
  expect(malformed).toBeLessThan(50_000)
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(codec.decode(sound)).toEqual(commit)
})
