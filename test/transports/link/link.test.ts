// Tests of the link: what two runtimes say to each other arrives, or whoever said it hears why not.
import { describe, expect, test } from 'vitest'
import { Decoder } from '../../../transports/codec/decoder.ts'
import { Encoder } from '../../../transports/codec/encoder.ts'
import { linkMessagesWaitingMax } from '../../../transports/link/link.ts'
import { recordWords } from '../../../runtime/wire.ts'
import { Yard } from './yard.ts'
import * as record from '../../../transports/link/record.ts'

const upTo = (count: number): number[] => [...Array(count).keys()]

test('a tell, an ask, an offer and a stop reach an actor in another runtime, in order', async () => {
  const yard = new Yard(2)
  const log = await yard.root(1, 'bank/ada')
  const ref = yard.ref(0, 'bank/ada')
  ref.tell('note', 'told')
  await ref.offer('note', 'offered')
  expect(await ref.ask('count')).toBe(2)
  ref.tell('note', 'last')
  ref.stop()
  ref.tell('note', 'too late')
  await yard.settle()
  expect(log).toEqual(['told', 'offered', 'last'])
  expect(yard.dead(1)).toEqual([{ reason: 'actor-stopped', name: 'note' }])
})

test('a ref in a payload is the ref of the same actor on the other side, and who sends is known', async () => {
  const yard = new Yard(2)
  const log = await yard.root(1, 'a')
  const mine = await yard.root(0, 'b')
  yard.ref(0, 'a').tell('note', { back: yard.ref(0, 'b') })
  await yard.settle()
  const [{ back }] = log as [{ back: ReturnType<Yard['ref']> }]
  back.tell('note', 'back')
  await yard.settle()
  expect(mine).toEqual(['back'])
})

test('what cannot cross is refused where it is sent, and nothing else is held up', async () => {
  const yard = new Yard(2)
  const log = await yard.root(1, 'a')
  const ref = yard.ref(0, 'a')
  const bad = { f: () => 1 }
  const refused = expect.objectContaining({ code: 'payload-unencodable' })
  ref.tell('note', 1)
  expect(() => ref.tell('note', bad)).toThrow(refused)
  await expect(ref.ask('note', bad)).rejects.toEqual(refused)
  await expect(ref.offer('note', bad)).rejects.toEqual(refused)
  ref.tell('note', 2)
  await yard.settle()
  expect(log).toEqual([1, 2])
})

test('a tell that was changed after it was sent becomes a dead letter, an ask ends with the fault, the rest arrives', async () => {
  const yard = new Yard(2)
  const log = await yard.root(1, 'a')
  const ref = yard.ref(0, 'a')
  ref.tell('note', 'road')
  await yard.settle()
  const changed: unknown[] = []
  ref.tell('note', 'before')
  ref.tell('note', changed)
  const asked = ref.ask('count', changed)
  const offered = ref.offer('note', changed)
  ref.tell('note', 'after')
  changed.push(changed)
  const refused = expect.objectContaining({ code: 'payload-unencodable' })
  await Promise.all([expect(asked).rejects.toEqual(refused), expect(offered).rejects.toEqual(refused)])
  await yard.settle()
  expect(log).toEqual(['road', 'before', 'after'])
  expect(yard.dead(0).find(({ name }) => name === 'note')).toEqual({
    reason: 'payload-unencodable',
    name: 'note',
  })
})

test('an offer that was changed while it waited for its way ends with the fault at once', async () => {
  const yard = new Yard(2)
  await yard.root(1, 'a')
  yard.holdAnswers()
  const changed: unknown[] = []
  const offered = yard.ref(0, 'a').offer('note', changed)
  changed.push(changed)
  yard.giveAnswers()
  await expect(offered).rejects.toMatchObject({ code: 'payload-unencodable' })
  expect(yard.station(0).replies.count).toBe(0)
})

test('a reply that cannot cross is told to the asker as the fault that it is', async () => {
  const yard = new Yard(2)
  const { defineActor } = await import('troupe')
  const bad = defineActor('bad', { on: { get: () => ({ f: () => 1 }) } })
  await yard.spawn(1, 'bad', bad)
  await expect(yard.ref(0, 'bad').ask('get')).rejects.toMatchObject({ code: 'payload-unencodable' })
})

describe('of a link that is full', () => {
  async function full(): Promise<{ yard: Yard; log: unknown[]; told: number }> {
    const yard = new Yard(2, { recordsMax: 64 })
    const log = await yard.root(1, 'a')
    yard.ref(0, 'a').tell('note', -1)
    await yard.settle()
    const link = yard.station(0).roads.links.get(1)!
    const ref = yard.ref(0, 'a')
    let told = 0
    while (!link.isFull) ref.tell('note', told++)
    return { yard, log, told }
  }

  test('tells become dead letters and asks end at once, as wire-full', async () => {
    const { yard, log, told } = await full()
    const ref = yard.ref(0, 'a')
    expect(told).toBeGreaterThanOrEqual(linkMessagesWaitingMax)
    ref.tell('note', 'too much')
    await expect(ref.ask('count')).rejects.toMatchObject({ code: 'wire-full', outcome: 'known' })
    expect(yard.dead(0).map(({ reason }) => reason)).toEqual(['wire-full', 'wire-full'])
    await yard.settle()
    expect(log).toEqual([-1, ...upTo(told)])
    ref.tell('note', 'room again')
    await yard.settle()
    expect(log.at(-1)).toBe('room again')
  })

  test('offers wait for room, and then come in their order', async () => {
    const { yard, log, told } = await full()
    const ref = yard.ref(0, 'a')
    const offers = upTo(3).map((number) => ref.offer('note', `offer ${number}`))
    await Promise.all(offers)
    expect(log).toHaveLength(told + 4)
    expect(log.filter((entry) => typeof entry === 'string')).toEqual(['offer 0', 'offer 1', 'offer 2'])
    expect(yard.dead(0)).toEqual([])
  })

  test('offers that wait when the other side is lost end, and do not wait on', async () => {
    const { yard } = await full()
    const offered = yard.ref(0, 'a').offer('note', 'late')
    yard.homes.delete('a')
    yard.wire(1, 0).cut()
    await expect(offered).rejects.toMatchObject({ code: 'actor-unknown' })
    expect(yard.station(0).replies.count).toBe(0)
  })
})

describe('a frame that no writer writes', () => {
  const cases: readonly (readonly [what: string, words: readonly number[], body: unknown])[] = [
    ['has a number that was never introduced', [record.tell, 999], [null]],
    ['has fewer payloads than records', [record.tell, 0], []],
  ]
  test.each(cases)('and %s cuts its wire, and nothing else', async (_, words, payloads) => {
    const yard = new Yard(3)
    const logs = [await yard.root(1, 'a'), await yard.root(2, 'b')]
    const asked = yard.ref(1, 'b').ask('count')
    const { bytes } = new Encoder({ isStateless: true }).encode(
      payloads as unknown[],
      (payloads as []).length,
    )
    const all = Int32Array.from([...words, 0, 0, 0, 0, 0, 0].slice(0, recordWords))
    yard.wire(0, 1).write('messages', { words: all, count: 1, body: bytes, attachments: [] })
    await yard.settle()
    expect(yard.station(0).roads.links.has(1)).toBe(false)
    expect(yard.station(1).roads.links.has(0)).toBe(false)
    yard.ref(0, 'b').tell('note', 'still')
    yard.ref(1, 'b').tell('note', 'there')
    expect(await asked).toBe(0)
    await yard.settle()
    expect(logs).toEqual([[], ['still', 'there']])
  })

  test('and is no list cuts its wire', async () => {
    const yard = new Yard(2)
    yard.wire(0, 1).write('signals', {
      words: new Int32Array(recordWords),
      count: 1,
      body: Uint8Array.of(0, 0xc1, 7),
      attachments: [],
    })
    await yard.settle()
    expect(yard.station(1).roads.links.size).toBe(0)
    expect(() => new Decoder({ refAt: (path) => path }).decode(Uint8Array.of(9), [])).toThrow(
      expect.objectContaining({ code: 'frame-malformed' }),
    )
  })
})

describe('when the other side is lost', () => {
  test('asks and offers that were sent there end with thread-lost, of unknown outcome', async () => {
    const yard = new Yard(2, { delayMs: () => 10 })
    await yard.root(1, 'a')
    const asked = yard.ref(0, 'a').ask('count')
    const offered = yard.ref(0, 'a').offer('note', 1)
    const called = yard.station(0).call(1, 'echo', 1)
    await yard.settle()
    yard.wire(1, 0).cut()
    const lost = expect.objectContaining({ code: 'thread-lost', outcome: 'unknown' })
    const ends = [asked, offered, called].map((one) => expect(one).rejects.toEqual(lost))
    await yard.settle()
    await Promise.all(ends)
    expect(yard.station(0).replies.count).toBe(0)
    await expect(yard.station(0).call(1, 'echo', 1)).rejects.toEqual(lost)
  })

  test('what was written and not read is counted', async () => {
    const yard = new Yard(2, { delayMs: () => 10 })
    const log = await yard.root(1, 'a')
    for (const number of upTo(5)) yard.ref(0, 'a').tell('note', number)
    await yard.clock.advance(10)
    for (const number of upTo(3)) yard.ref(0, 'a').tell('note', number)
    await yard.settle()
    yard.wire(1, 0).cut()
    await yard.settle()
    expect(log).toHaveLength(5)
    expect(yard.station(0).lostRecords).toBe(3)
  })
})

test('a call of the other runtime is answered, or refused with what its desk threw', async () => {
  const yard = new Yard(2)
  const { stations } = yard
  expect(await stations[0]!.call(1, 'echo', { a: [1] })).toEqual({ a: [1] })
  await expect(stations[0]!.call(1, 'dance', null)).rejects.toMatchObject({
    code: 'call-failed',
    message: expect.stringContaining('cannot dance'),
  })
  await expect(stations[0]!.call(1, 'echo', () => 1)).rejects.toMatchObject({ code: 'payload-unencodable' })
  expect(stations[0]!.replies.count).toBe(0)
})
