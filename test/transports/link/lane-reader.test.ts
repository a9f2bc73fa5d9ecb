// Tests of the lane reader: it has the texts that the writer has, and reads nothing that no writer writes.
import { describe, expect, test } from 'vitest'
import { Decoder } from '../../../transports/codec/decoder.ts'
import { dictionaryTextsMax } from '../../../transports/link/dictionary.ts'
import { Encoder } from '../../../transports/codec/encoder.ts'
import { Far } from '../../../runtime/far.ts'
import { LanePair } from './lane-pair.ts'
import { LaneReader } from '../../../transports/link/lane-reader.ts'
import { recordWords } from '../../../runtime/wire.ts'
import * as record from '../../../transports/link/record.ts'
import type { Arrival } from '../../../transports/link/lane-reader.ts'

test('reader and writer agree about 200,000 texts, over all generations of numbers', async () => {
  const pair = new LanePair()
  pair.read()
  const count = 200_000
  const oft = new Far('oft')
  const mine = new Far('mine')
  for (let index = 0; index < count; index++) {
    const to = index % 3 === 0 ? oft : new Far(`actor ${index}`)
    pair.writer.tell(to, `name ${index % 5}`, index, index % 2 === 0 ? mine : undefined)
    if (index % 20_000 === 0) await pair.clock.settle()
  }
  await pair.clock.settle()
  expect(pair.arrived).toHaveLength(count)
  const wrong = pair.arrived.filter(
    ({ to, name, payload, from }, index) =>
      payload !== index ||
      to?.path !== (index % 3 === 0 ? 'oft' : `actor ${index}`) ||
      name !== `name ${index % 5}` ||
      from?.path !== (index % 2 === 0 ? 'mine' : undefined),
  )
  expect(wrong).toEqual([])
})

test('a path is one party as long as it has its number', async () => {
  const pair = new LanePair()
  pair.read()
  for (let index = 0; index < 3; index++) pair.tell('a', index)
  await pair.clock.settle()
  expect(new Set(pair.arrived.map(({ to }) => to)).size).toBe(1)
})

test('hops, number, time and what stands beside come with their record', async () => {
  const pair = new LanePair()
  pair.read()
  const beside = { replyTo: 4, chain: [1, 2, 3, 4] }
  pair.writer.beside(beside)
  const route = { to: new Far('a'), name: 'get', from: new Far('b'), id: 9, timeoutMs: 70, hops: 16 }
  pair.writer.add(record.offer, route, [1])
  pair.writer.add(record.stop, { to: new Far('a') })
  await pair.clock.settle()
  const { to, from, ...others } = route
  expect(pair.arrived).toMatchObject([
    { ...others, kind: record.offer, to: { path: to.path }, from: { path: from.path }, payload: [1], beside },
    { kind: record.stop, hops: 0, id: 0, timeoutMs: 0, name: '', from: undefined, beside: undefined },
  ])
})

describe('nothing is read', () => {
  const take = (words: readonly number[][], payloads: readonly unknown[]): Arrival<Far>[] => {
    const arrived: Arrival<Far>[] = []
    const reader = new LaneReader<Far>({
      decoder: new Decoder({ refAt: (path) => path }),
      partyAt: (path) => new Far(path),
      arrived: (arrival) => void arrived.push({ ...arrival }),
    })
    const { bytes, attachments } = new Encoder().encode(payloads, payloads.length)
    const all = words.flatMap((row) => [...row, 0, 0, 0, 0, 0, 0].slice(0, recordWords))
    reader.take({ words: Int32Array.from(all), count: words.length, body: bytes, attachments })
    return arrived
  }
  const malformed = expect.objectContaining({ code: 'frame-malformed' })

  test.each([
    ['a record without a payload', [[record.tell], [record.tell]], ['one']],
    ['a payload without a record', [[record.tell]], ['one', 'two']],
    ['a number that nobody has introduced', [[record.tell, 5]], [null]],
    ['a number below nothing', [[record.tell, -1]], [null]],
    ['a name that nobody has introduced', [[record.tell, 0, 5]], [null]],
    ['a text with a number out of turn', [[record.define, 2]], ['a']],
    ['a text with the number of nobody', [[record.define, 0]], ['a']],
    [
      'a text that has a number already',
      [
        [record.define, 1],
        [record.define, 1],
      ],
      ['a', 'b'],
    ],
    ['a text that is none', [[record.define, 1]], [7]],
  ] as const)('of %s', (_, words, payloads) => {
    expect(() => take(words as unknown as number[][], payloads)).toThrow(malformed)
  })

  test('of a text beyond the last number', () => {
    const count = dictionaryTextsMax
    const words = Array.from({ length: count + 1 }, (_, index) => [record.define, index + 1])
    const texts = words.map(([, number]) => `text ${number}`)
    expect(take(words.slice(0, count), texts.slice(0, count))).toEqual([])
    expect(() => take(words, texts)).toThrow(malformed)
  })

  test('of what stands beside a record and is not what it has to be', () => {
    const arrived = take(
      [[record.define, 1], [record.beside], [record.tell, 1], [record.beside], [record.tell, 1]],
      ['a', { replyTo: 'x', chain: [1, 'y'] }, null, null, null],
    )
    expect(arrived.map(({ beside }) => beside)).toEqual([{}, {}])
  })
})
