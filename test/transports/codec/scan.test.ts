// Tests of the scan: bodies from outside are refused before msgpackr builds anything of them, and mutated ones do no harm.
import { describe, expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { seededRandom } from '../../../runtime/random.ts'
import { bodyDepthMax, scan } from '../../../transports/codec/scan.ts'
import { payloadDepthMax } from '../../../runtime/payload.ts'
import { attempt, Lane } from './round-trip.ts'

const refused: [what: string, body: number[]][] = [
  ['a regular expression', [0xd4, 0x78, 0, 0x92, 0xa1, 0x61, 0xa0]],
  ['an error', [0xd4, 0x65, 0, 0x93, 0xa1, 0x61, 0xa1, 0x61, 0xc0]],
  ['a set of msgpackr’s own', [0xd4, 0x73, 0, 0x90]],
  ['a typed array of msgpackr’s own', [0xc7, 2, 0x74, 0, 1]],
  ['a definition of a record', [0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 1]],
  ['a definition of a record with two bytes', [0xd5, 0x72, 0x40, 0, 0x91, 0xa1, 0x61, 1]],
  ['a date', [0xd6, 0xff, 0, 0, 0, 0]],
  ['a big integer of msgpackr’s own', [0xd5, 0x42, 1, 1]],
  ['an id', [0xd6, 0x69, 0, 0, 0, 1, 0x90]],
  ['a pointer', [0xd6, 0x70, 0, 0, 0, 1]],
  ['a bundle of strings', [0xd6, 0x62, 0, 0, 0, 0]],
  ['a byte that is never used', [0xc1]],
  ['a single float', [0xca, 0, 0, 0, 0]],
  ['a key that is a number', [0x81, 1, 1]],
  ['a key that is a map', [0x81, 0x80, 1]],
  ['the key __proto__', [0x81, 0xa9, ...Buffer.from('__proto__'), 1]],
  ['the key constructor', [0x81, 0xab, ...Buffer.from('constructor'), 1]],
  ['the key prototype, with a long head', [0x81, 0xda, 0, 9, ...Buffer.from('prototype'), 1]],
  [
    'the key __proto__ behind a byte order mark',
    [0x81, 0xac, 0xef, 0xbb, 0xbf, ...Buffer.from('__proto__'), 1],
  ],
  ['a list of four thousand million', [0xdd, 0xff, 0xff, 0xff, 0xff]],
  ['a map of four thousand million', [0xdf, 0xff, 0xff, 0xff, 0xff]],
  ['a text longer than the body', [0xdb, 0xff, 0xff, 0xff, 0xff]],
  ['bytes longer than the body', [0xc6, 0, 0, 0, 2, 1]],
  ['a text that is cut', [0xa5, 0x61]],
  ['a number that is cut', [0xcb, 0]],
  ['a size that is cut', [0xdc, 0]],
  ['bytes after its end', [0x90, 0xc0]],
  ['a tag without a value', [0xd4, 0x54, 0, 0x91, 1]],
  ['a tag that is no number', [0xd4, 0x54, 0, 0x92, 0xc0, 0xc0]],
  ['bytes without a tag', [0xc4, 1, 0]],
  ['bytes beside a tag of something else', [0xd4, 0x54, 0, 0x92, 1, 0xc4, 1, 0]],
  ['bytes that are cut, beside their tag', [0xd4, 0x54, 0, 0x92, 17, 0xc4, 2, 0]],
  ['undefined with data', [0xd4, 0, 1]],
  ['too many levels', [...Array.from({ length: bodyDepthMax + 1 }, () => 0x91), 0xc0]],
]

describe('a body is refused that has', () => {
  test.each(refused)('%s', (_, body) => {
    expect(() => scan(new Uint8Array([0, ...body]))).toThrow(/^at byte \d+: /)
  })
})

test('a body may be as deep as the deepest payload makes it', () => {
  let value: unknown = new Fault('a-b', 'm', { hint: 'h', details: { a: [[[[1]]]] } })
  for (let level = 0; level < payloadDepthMax; level++) value = new Map([[1, value]])
  expect(new Lane(true).send(value)).toEqual([value])
})

test('a hundred thousand mutated frames are malformed or not, and leave no trace', () => {
  const random = seededRandom('mutated frames')
  const { encoder, decoder } = new Lane(true)
  const payloads: unknown[] = [
    {
      user: 'ada',
      amount: 3.5,
      note: 'é🙂'.repeat(5),
      list: [1, -1, 300, 70_000, 2 ** 40, null, true, undefined],
    },
    new Map<unknown, unknown>([['a', new Set([1n, 2n ** 70n])]]),
    [
      new Date(0),
      new Uint8Array(20),
      new Float64Array(2),
      Buffer.from('bytes'),
      -0,
      `\uFEFF${'x'.repeat(20)}`,
    ],
    [new Fault('a-b', 'm', { hint: 'h', details: { a: [1] }, cause: new Error('c') }), { __keys__: [{}] }],
    new Uint8Array(20_000),
  ]
  const row = payloads.map((payload) => encoder.admit(payload, attempt))
  const { bytes, attachments } = encoder.encode(row, row.length)
  const sound = bytes.slice()
  let malformed = 0
  for (let round = 0; round < 100_000; round++) {
    const mutant = sound.slice(0, random.integer(8) === 0 ? random.integer(sound.length) + 1 : sound.length)
    const changes = random.integer(4) + 1
    for (let change = 0; change < changes; change++)
      mutant[random.integer(mutant.length)] = random.integer(256)
    try {
      decoder.decode(mutant, attachments)
    } catch (fault) {
      malformed++
      if (!Fault.is(fault) || fault.code !== 'frame-malformed') throw fault
    }
  }
  expect(malformed).toBeGreaterThan(10_000)
  expect(malformed).toBeLessThan(100_000)
  expect(Object.keys(Object.prototype)).toEqual([])
  expect(decoder.decode(sound, attachments)).toHaveLength(5)
}, 60_000)
