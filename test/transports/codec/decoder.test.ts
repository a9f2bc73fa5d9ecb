// Tests of the decoder: what arrives is what was sent, with its types, in each frame of a lane, and nobody else's memory.
import { inspect, isDeepStrictEqual } from 'node:util'
import { describe, expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { LocalRef } from '../../../runtime/ref.ts'
import { Decoder } from '../../../transports/codec/decoder.ts'
import { Encoder } from '../../../transports/codec/encoder.ts'
import { attempt, Lane } from './round-trip.ts'
import type { Host } from '../../../runtime/cell.ts'

const kinds = [false, true].map((isStateless) => ({
  isStateless,
  kind: isStateless ? 'stateless' : 'stateful',
}))
const mark = '\uFEFF'
const manyKeys = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index]))
const values: unknown[] = [
  undefined,
  null,
  true,
  0,
  -0,
  [-0, { zero: -0 }],
  63,
  64,
  127,
  -32,
  2 ** 53,
  1.5,
  Number.NaN,
  -Infinity,
  '',
  'text 🙂',
  'é'.repeat(40),
  'x'.repeat(70_000),
  `${mark}short`,
  `${mark}${'long'.repeat(50)}`,
  { [`${mark}${'key'.repeat(50)}`]: `${mark}${'long'.repeat(50)}` },
  7n,
  -(2n ** 63n),
  2n ** 63n,
  2n ** 64n - 1n,
  2n ** 64n,
  -(2n ** 63n) - 1n,
  1n << 5_000n,
  {},
  { a: undefined, b: [undefined] },
  { 'a key': 1, '': 2, 3: 4, "'quoted'": 5, '"]: x': 6 },
  { x: 1 },
  { x: 1, __keys__: 2 },
  { __keys__: 1 },
  { toJSON: 1, hasOwnProperty: 2, valueOf: null, then: 'data', length: 3 },
  manyKeys,
  [],
  [[[]]],
  new Date(0),
  new Date(-1.5e12),
  new Date(Number.NaN),
  new Map([[{ k: 1 }, new Set(['m', new Map()])]]),
  new Map<unknown, unknown>([[Number.NaN, [1, 2]]]),
  new Set([[1], -0]),
  new ArrayBuffer(8),
  new Uint8Array([1, 2, 3]).subarray(1),
  Buffer.from('bytes'),
  new Uint8ClampedArray([300]),
  new Float16Array([1.5]),
  new Float64Array([0.1, -0]).subarray(1),
  new BigUint64Array([2n ** 64n - 1n]),
  new DataView(new ArrayBuffer(4), 1, 2),
  new Uint8Array(100_000).fill(7),
  new Int32Array(5_000).fill(-7).subarray(100),
  new ArrayBuffer(16_384),
  Buffer.alloc(16_384, 1),
  new DataView(new ArrayBuffer(20_000), 10, 19_000),
  new Uint8Array(0),
  { twice: [values0(), values0()] },
]

function values0(): object {
  return { at: new Date(1), bytes: new Uint8Array(20_000).fill(3) }
}

describe.each(kinds)('a $kind lane', ({ isStateless }) => {
  test.each(
    values.map((value, index) => [
      `${index} ${inspect(value, { depth: 1, breakLength: Infinity }).slice(0, 40)}`,
      value,
    ]),
  )('brings %s as it was', (_, value) => {
    const lane = new Lane(isStateless)
    for (let frame = 0; frame < 4; frame++) {
      const [arrived] = lane.send(value)
      expect(isDeepStrictEqual(arrived, value)).toBe(true)
      expect(Object.is(arrived, value) && typeof value === 'object' && value !== null).toBe(false)
    }
  })

  test('brings a fault with all it has, its cause by name', () => {
    const cause = new TypeError('q')
    const fault = new Fault('a-b', 'm', { hint: 'h', details: { n: [1] }, outcome: 'unknown', cause })
    const [arrived, bare] = new Lane(isStateless).send(fault, new Fault('c-d', 'm', { hint: 'h' }))
    expect(Fault.is(arrived) && arrived.toJSON()).toEqual(fault.toJSON())
    expect(Fault.is(bare) && 'cause' in bare).toBe(false)
  })

  test('brings a ref by its path', () => {
    // A ref that is only asked for its path needs no host.
    const ref = new LocalRef({} as Host, undefined, 'bank/ada')
    expect(new Lane(isStateless).send({ to: [ref] })).toEqual([{ to: [{ found: 'bank/ada' }] }])
  })

  test('brings a record without a prototype as one with the usual one', () => {
    const record: object = Object.assign(Object.create(null), { toJSON: 1 })
    const [arrived] = new Lane(isStateless).send(record)
    expect(isDeepStrictEqual(arrived, { toJSON: 1 })).toBe(true)
  })

  test('brings many frames in a row, whatever their shapes', () => {
    const lane = new Lane(isStateless)
    for (let frame = 0; frame < 1_000; frame++) {
      const payloads = [
        { id: frame },
        { [`k${frame}`]: { [`n${frame % 70}`]: frame } },
        [frame, -frame],
        'text',
      ]
      expect(lane.send(...payloads)).toEqual(payloads)
    }
  })

  test('brings a frame with more shapes than msgpackr has places', () => {
    const lane = new Lane(isStateless)
    const payloads = Array.from({ length: 300 }, (_, index) => ({
      [`k${index}`]: { inner: index, [`n${index}`]: 1 },
    }))
    for (let frame = 0; frame < 5; frame++) expect(lane.send(...payloads)).toEqual(payloads)
  })

  test('gives out bytes that are neither the sender’s nor the body’s', () => {
    const { encoder, decoder } = new Lane(isStateless)
    const sent = new Uint8Array([1, 2, 3])
    const admitted = encoder.admit([sent, sent.buffer], attempt)
    sent.fill(9)
    const { bytes, attachments } = encoder.encode([admitted], 1)
    const [arrived] = decoder.decode(bytes, attachments)
    bytes.fill(0)
    expect(arrived).toEqual([new Uint8Array([1, 2, 3]), new Uint8Array([1, 2, 3]).buffer])
  })

  test('reads a body that lies in shared memory', () => {
    const { encoder, decoder } = new Lane(isStateless)
    const payload = { text: 'x'.repeat(200), list: ['short', 'texts'], bytes: new Uint8Array([1]) }
    const { bytes } = encoder.encode([encoder.admit(payload, attempt)], 1)
    const shared = new Uint8Array(new SharedArrayBuffer(bytes.length + 5), 5)
    shared.set(bytes)
    expect(decoder.decode(shared, [])).toEqual([payload])
  })

  test.each([
    ['nothing', []],
    ['flags alone', [0]],
    ['flags that nobody knows', [2, 0x90]],
    ['what is no list', [0, 1]],
    ['bytes after the end', [0, 0x90, 0x90]],
    ['an attachment that is not there', [0, 0x91, 0xd4, 0x54, 0, 0x92, 16, 0x93, 0, 0, 1]],
    ['a tag that nobody knows', [0, 0x91, 0xd4, 0x54, 0, 0x92, 15, 0xc0]],
    ['a map with a key too many', [0, 0x91, 0xd4, 0x54, 0, 0x92, 1, 0x91, 0xc0]],
    ['a date that is no number', [0, 0x91, 0xd4, 0x54, 0, 0x92, 3, 0xc0]],
    ['a bigint that is no number', [0, 0x91, 0xd4, 0x54, 0, 0x92, 4, 0xa1, 0x78]],
    ['a ref whose path is none', [0, 0x91, 0xd4, 0x54, 0, 0x92, 9, 0xa1, 0x2f]],
    ['a fault without a code', [0, 0x91, 0xd4, 0x54, 0, 0x92, 8, 0x80]],
    ['numbers out of their rows', [0, 0x91, 0xd4, 0x54, 0, 0x92, 22, 0xc4, 1, 0]],
  ])('refuses %s as frame-malformed', (_, body) => {
    const { decoder } = new Lane(isStateless)
    expect(() => decoder.decode(new Uint8Array(body), [])).toThrow(
      expect.objectContaining({ code: 'frame-malformed' }),
    )
  })
})

test('two lanes in one thread do not know of each other', () => {
  const [first, second] = [new Lane(), new Lane()]
  for (let frame = 0; frame < 50; frame++) {
    expect(first.send({ a: frame }, { b: { c: frame } })).toEqual([{ a: frame }, { b: { c: frame } }])
    expect(second.send({ b: { c: frame } }, { d: 1 })).toEqual([{ b: { c: frame } }, { d: 1 }])
  }
})

test('a stateful decoder that has lost its way refuses all frames until one begins anew', () => {
  const { encoder, decoder } = new Lane()
  const frame = (payload: unknown): Uint8Array => encoder.encode([encoder.admit(payload, attempt)], 1).bytes
  decoder.decode(frame({ a: 1 }), [])
  expect(() => decoder.decode(new Uint8Array([0, 0x91]), [])).toThrow('Unexpected end')
  expect(() => decoder.decode(frame({ a: 2 }), [])).toThrow('a frame before it was malformed')
  encoder.reset()
  expect(decoder.decode(frame({ a: 3 }), [])).toEqual([{ a: 3 }])
  expect(decoder.decode(frame({ a: 4 }), [])).toEqual([{ a: 4 }])
})

test('attachments that two values share arrive shared, and views of moved buffers keep their place', () => {
  const encoder = new Encoder()
  const decoder = new Decoder({ refAt: (path) => path })
  const buffer = new ArrayBuffer(16)
  new Uint8Array(buffer).set([1, 2, 3, 4])
  const payload = { whole: buffer, part: new Uint8Array(buffer, 1, 2), wide: new Uint16Array(buffer, 2, 1) }
  const { bytes, attachments } = encoder.encode([encoder.admit(payload, attempt, [buffer])], 1)
  expect(attachments).toHaveLength(1)
  const [arrived] = decoder.decode(bytes, attachments) as [typeof payload]
  expect([...arrived.part]).toEqual([2, 3])
  expect([...arrived.wide]).toEqual([0x0403])
  expect(arrived.part.buffer).toBe(arrived.whole)
})

test('looking up a ref may decode another frame', () => {
  const inner = new Lane()
  const { encoder } = new Lane()
  const ref = new LocalRef({} as Host, undefined, 'bank/ada')
  const decoder = new Decoder({ refAt: () => inner.send(new Map([[1, new Date(0)]]))[0] })
  const { bytes } = encoder.encode([encoder.admit([ref, new Date(1), { a: 'text' }, ref], attempt)], 1)
  const found = new Map([[1, new Date(0)]])
  expect(decoder.decode(bytes, [])).toEqual([[found, new Date(1), { a: 'text' }, found]])
})
