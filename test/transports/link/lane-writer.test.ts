// Tests of the lane writer: what is written in a turn goes as one frame, in order, and what finds no room is kept.
import { expect, test } from 'vitest'
import { frameBytesMax, frameRecordsMax } from '../../../transports/link/lane-writer.ts'
import { dictionaryTextsMax } from '../../../transports/link/dictionary.ts'
import { Far } from '../../../runtime/far.ts'
import { LanePair } from './lane-pair.ts'
import * as record from '../../../transports/link/record.ts'

const upTo = (count: number): number[] => [...Array(count).keys()]

test('what is told in one turn comes in one frame, after the turn', async () => {
  const pair = new LanePair()
  pair.read()
  for (const number of upTo(10)) pair.tell('a', number)
  expect(pair.near.counts('messages').written).toBe(0)
  await pair.clock.settle()
  // Two texts are introduced: the path and the name.
  expect(pair.frames).toEqual([12])
  expect(pair.payloads).toEqual(upTo(10))
})

test('a frame of 64 records does not wait for the end of the turn', async () => {
  const pair = new LanePair()
  pair.read()
  for (const number of upTo(200)) pair.tell('a', number)
  expect(pair.near.counts('messages').written).toBe(3 * frameRecordsMax)
  await pair.clock.settle()
  expect(pair.frames).toEqual([64, 64, 64, 10])
  expect(pair.payloads).toEqual(upTo(200))
})

test('a frame is closed behind the payload with which it is too large', async () => {
  const pair = new LanePair()
  pair.read()
  const text = 'x'.repeat(frameBytesMax / 6)
  for (const number of upTo(5)) pair.tell('a', [number, text])
  await pair.clock.settle()
  expect(pair.frames).toEqual([4, 2, 1])
  expect(pair.payloads).toEqual(upTo(5).map((number) => [number, text]))
})

test('what finds no room waits and is counted, and comes in order once there is some', async () => {
  const pair = new LanePair({ recordsMax: 100 })
  for (const number of upTo(300)) pair.tell('a', number)
  await pair.clock.settle()
  expect(pair.near.counts('messages').written).toBe(64)
  expect(pair.writer.waiting).toBe(302 - 64)
  pair.read()
  await pair.clock.settle()
  expect(pair.writer.waiting).toBe(0)
  expect(pair.payloads).toEqual(upTo(300))
})

test('a frame that found no room is the next, before all that was told after it', async () => {
  const pair = new LanePair({ recordsMax: 64 })
  for (const number of upTo(62)) pair.tell('a', number)
  pair.tell('a', 'stuck')
  await pair.clock.settle()
  pair.read()
  // The turn in which the room is found has words of its own.
  for (const number of upTo(130)) pair.tell('b', -number)
  await pair.clock.settle()
  expect(pair.payloads).toEqual([...upTo(62), 'stuck', ...upTo(130).map((number) => -number)])
})

test('a payload that was changed after it was sent is left out, and the rest of its frame comes', async () => {
  const pair = new LanePair()
  pair.read()
  const changed: Record<string, unknown> = { a: 1 }
  pair.tell('bank/ada', 'before')
  pair.tell('bank/bob', changed, 'deposit')
  pair.tell('bank/ada', 'after')
  changed['self'] = changed
  await pair.clock.settle()
  expect(pair.payloads).toEqual(['before', 'after'])
  expect(pair.spoilt).toMatchObject([
    {
      unsent: { kind: record.tell, to: 'bank/bob', name: 'deposit', from: '' },
      fault: { code: 'payload-unencodable' },
    },
  ])
})

test('frames after a spoilt one are read as if it had never been', async () => {
  const pair = new LanePair()
  pair.read()
  const changed: Record<string, unknown> = { a: 1, b: 2 }
  pair.tell('a', { a: 1, b: 2 })
  await pair.clock.settle()
  pair.tell('a', changed)
  changed['self'] = changed
  await pair.clock.settle()
  pair.tell('a', { a: 3, b: 4 })
  await pair.clock.settle()
  expect(pair.payloads).toEqual([
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ])
})

test('what stood beside a spoilt message is not for the one after it', async () => {
  const pair = new LanePair()
  pair.read()
  const changed: unknown[] = []
  pair.writer.beside({ replyTo: 7 })
  pair.writer.add(record.ask, { to: new Far('a'), name: 'get', id: 1 }, changed)
  pair.writer.add(record.ask, { to: new Far('a'), name: 'get', id: 2 }, 'mine')
  changed.push(changed)
  await pair.clock.settle()
  expect(pair.arrived).toMatchObject([{ id: 2, payload: 'mine', beside: undefined }])
})

test('all that has found no room is taken back in order, as what it was', async () => {
  const pair = new LanePair({ recordsMax: 64 })
  for (const number of upTo(62)) pair.tell('gone', number)
  for (const number of upTo(100)) pair.tell('kept', number)
  pair.writer.add(
    record.ask,
    { to: new Far('kept/child'), name: 'get', from: new Far('me'), id: 5, timeoutMs: 50, hops: 3 },
    'last',
  )
  const unsent = pair.writer.takeUnsent().filter(({ kind }) => kind >= record.tell)
  expect(unsent.slice(0, -1).map(({ to, payload }) => [to, payload])).toEqual(
    upTo(100).map((number) => ['kept', number]),
  )
  expect(unsent.at(-1)).toEqual({
    kind: record.ask,
    to: 'kept/child',
    name: 'get',
    from: 'me',
    id: 5,
    timeoutMs: 50,
    hops: 3,
    payload: 'last',
  })
  expect(pair.writer.waiting).toBe(0)
  expect(pair.writer.takeUnsent()).toEqual([])
})

test('what waits is taken back with the texts that it was told with, also when they are forgotten', async () => {
  const pair = new LanePair({ recordsMax: 64 })
  const count = dictionaryTextsMax + 1_000
  for (const number of upTo(count)) pair.tell(`actor ${number}`, number)
  await pair.clock.settle()
  const told = pair.writer.takeUnsent().filter(({ kind }) => kind === record.tell)
  expect(told.length).toBeGreaterThan(count - 64)
  expect(
    told.filter(({ to, name, payload }) => to !== `actor ${String(payload)}` || name !== 'note'),
  ).toEqual([])
})
