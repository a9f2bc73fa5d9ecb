// Tests of event streams: order, filters, positions, live reading and its bounds.
import { expect, test } from 'vitest'
import { projectionReadAheadMax } from '../../../node/projections/journal-reader.ts'
import { eventStreamsMax, Projections } from '../../../node/projections/projections.ts'
import { all, counted, Stand } from './stand.ts'

test('events of all actors come in the order of their positions, several of one record too', async () => {
  const stand = new Stand()
  await stand.write(
    'bank/ada',
    [
      ['deposited', 1],
      ['deposited', 2],
    ],
    { tags: ['money'] },
  )
  await stand.write('bank/bob', [['opened', { by: 'bob' }, 3]])
  await stand.write('bank/ada', [['deposited', 3]])
  const events = await all(stand.node().events({}))
  expect(
    events.map(({ position, index, actor, seq, event, payload }) => [
      position,
      index,
      actor,
      seq,
      event,
      payload,
    ]),
  ).toEqual([
    [1, 0, 'bank/ada', 1, 'deposited', 1],
    [1, 1, 'bank/ada', 1, 'deposited', 2],
    [2, 0, 'bank/bob', 1, 'opened', { by: 'bob' }],
    [3, 0, 'bank/ada', 2, 'deposited', 3],
  ])
  expect(events.map(({ version, tags }) => [version, tags])).toEqual([
    [1, ['money']],
    [1, ['money']],
    [3, []],
    [1, []],
  ])
  expect(events[0]?.atMs).toBe(stand.clock.wall())
})

test('a filter by actor, by tag and by definition leaves out all others', async () => {
  const stand = new Stand()
  await stand.write('account/ada', [['deposited', 1]], { tags: ['money', 'eu'] })
  await stand.write('bank/bob', [['deposited', 2]], { tags: ['money'] })
  await stand.write('bank/bob/audit', [['deposited', 3]])
  await stand.write('$projection/odd', [['deposited', 4]], { kind: 'whole', tags: ['money'] })
  const node = stand.node()
  const payloads = async (options: object): Promise<unknown[]> =>
    (await all(node.events(options))).map(({ payload }) => payload)
  expect(await payloads({ actor: 'bank/*' })).toEqual([2])
  expect(await payloads({ actor: 'bank/**' })).toEqual([2, 3])
  expect(await payloads({ tags: ['money'] })).toEqual([1, 2])
  expect(await payloads({ tags: ['eu', 'us'] })).toEqual([1])
  expect(await payloads({ tags: ['money'], actor: 'bank/*' })).toEqual([2])
  expect(await payloads({ definition: { name: 'account' } })).toEqual([1])
})

test.each([
  [{ actor: 'bank/[a]' }],
  [{ actor: 7 as unknown as string }],
  [{ actor: 'a'.repeat(513) }],
  [{ tags: [] }],
  [{ tags: [''] }],
  [{ tags: 'money' as unknown as string[] }],
  [{ tags: Array.from({ length: 17 }, (_, index) => `t${index}`) }],
  [{ definition: {} as { name: string } }],
])('a filter that cannot fit anything is refused: %o', (filter) => {
  expect(() => new Stand().node().events(filter)).toThrow(expect.objectContaining({ code: 'filter-invalid' }))
})

test.each([[-1], [0], [NaN], [2 ** 53], [1.5], ['7' as unknown as number], [9]])(
  'position %s of a journal with one record is refused',
  async (from) => {
    const stand = new Stand()
    await stand.deposits(1)
    expect(() => stand.node().events({ from })).toThrow(expect.objectContaining({ code: 'position-invalid' }))
  },
)

test('a reading that is not live ends where the journal ended when it began', async () => {
  const stand = new Stand()
  await stand.deposits(1, 2)
  const seen: unknown[] = []
  for await (const { payload } of stand.node().events({})) {
    seen.push(payload)
    await stand.deposits(3)
  }
  expect(seen).toEqual([1, 2])
})

test('from now on, a live reading waits for what comes next without asking the journal', async () => {
  const stand = new Stand()
  await stand.deposits(1)
  const { journal, feeds, listeners } = counted(stand.journal)
  const events = stand.node(journal).events({ from: 'now', live: true })[Symbol.asyncIterator]()
  const first = events.next()
  await stand.clock.settle()
  const before = feeds()
  await stand.clock.advance(3_600_000)
  expect(feeds()).toBe(before)
  await stand.deposits(2)
  expect((await first).value).toMatchObject({ payload: 2, position: 2 })
  expect(listeners()).toBe(0)
  await events.return(undefined)
})

test('an abort ends a live reading that waits, and one that is at an event', async () => {
  const stand = new Stand()
  await stand.deposits(1, 2)
  const abort = new AbortController()
  const events = stand.node().events({ live: true, signal: abort.signal })
  const waiting = all(events)
  await stand.clock.settle()
  abort.abort()
  expect((await waiting).map(({ payload }) => payload)).toEqual([1, 2])
  expect(await all(events)).toEqual([])
  const later = new AbortController()
  const seen: unknown[] = []
  for await (const { payload } of stand.node().events({ signal: later.signal })) {
    seen.push(payload)
    later.abort()
  }
  expect(seen).toEqual([1])
})

test('a slow reader holds one page of records at most and keeps no append waiting', async () => {
  const stand = new Stand()
  const { journal, handedOut } = counted(stand.journal)
  const events = stand.node(journal).events({ live: true })[Symbol.asyncIterator]()
  const total = projectionReadAheadMax * 8
  for (let amount = 0; amount < total; amount++) await stand.write('bank/ada', [['deposited', amount]])
  let taken = 0
  for (; taken < total; taken++) {
    const { value } = await events.next()
    expect(value).toMatchObject({ payload: taken })
    expect(handedOut() - taken).toBeLessThanOrEqual(projectionReadAheadMax + 1)
  }
  await events.return(undefined)
})

test('pages of large records become smaller', async () => {
  const stand = new Stand()
  const { journal, pages } = counted(stand.journal)
  for (let index = 0; index < 40; index++) await stand.write('a', [['grown', 'x'.repeat(1_000_000)]])
  await all(stand.node(journal).events({}))
  expect(pages().at(-2)).toBeLessThanOrEqual(8)
})

test('a reading from before the first kept record begins with that and says so', async () => {
  const stand = new Stand()
  await stand.deposits(1, 2)
  await stand.write('bank/ada', [], {
    kind: 'snapshot',
    keepFrom: 1,
    commit: { state: { version: 1, data: 0 }, events: [['deposited', 1, 1]] },
  })
  await stand.write('bank/ada', [['deposited', 3]], { keepFrom: 2 })
  const whole = stand.node().events({ from: 2 })
  expect((await all(whole)).map(({ payload }) => payload)).toEqual([2, 3])
  expect(whole.truncated).toBe(false)
  await stand.write('bank/ada', [], { kind: 'end' })
  const cut = stand.node().events({})
  expect(cut.truncated).toBeUndefined()
  expect((await all(cut)).map(({ event, actor }) => [event, actor])).toEqual([
    ['deposited', 'bank/bob'],
    ['$forgotten', 'bank/ada'],
  ])
  expect(cut.truncated).toBe(true)
})

test('an old event is what upcast makes of it, and one that it makes nothing of is left out', async () => {
  const stand = new Stand()
  await stand.write('account/ada', [
    ['paid', 5, 1],
    ['noise', 0, 1],
    ['deposited', 3, 1],
    ['deposited', { cents: 7 }, 2],
  ])
  const upcast = ({ name, payload }: { name: string; payload: unknown }) =>
    name === 'paid' || name === 'deposited'
      ? { name: 'deposited', payload: { cents: (payload as number) * 100 } }
      : undefined
  const definition = {
    name: 'account',
    spec: { events: { deposited: () => undefined }, eventVersions: { deposited: 2 }, upcast },
  }
  const events = await all(stand.node().events({ definition }))
  expect(events.map(({ event, payload, version }) => [event, payload, version])).toEqual([
    ['deposited', { cents: 500 }, 1],
    ['deposited', { cents: 300 }, 1],
    ['deposited', { cents: 7 }, 2],
  ])
  const own = stand.node().events({ upcast: (event) => (event.name === 'noise' ? event : undefined) })
  expect((await all(own)).map(({ event }) => event)).toEqual(['noise'])
})

test('an upcast that throws ends the reading with the place of the event', async () => {
  const stand = new Stand()
  await stand.deposits(1)
  const upcast = (): never => {
    throw new RangeError('of no use')
  }
  await expect(all(stand.node().events({ upcast }))).rejects.toMatchObject({
    code: 'upcast-failed',
    message:
      'Cannot read "deposited" of version 1 of "bank/ada" at position 1: its upcast threw RangeError: of no use',
  })
})

test('too many streams at once are refused, and one that ends makes room', async () => {
  const stand = new Stand()
  await stand.deposits(1)
  const node = stand.node()
  const open = Array.from({ length: eventStreamsMax }, () => node.events({})[Symbol.asyncIterator]())
  await Promise.all(open.map((stream) => stream.next()))
  await expect(all(node.events({}))).rejects.toMatchObject({ code: 'event-streams-full' })
  await open[0]!.return(undefined)
  expect(await all(node.events({}))).toHaveLength(1)
})

test('the end of the node ends its streams, and no other begins', async () => {
  const stand = new Stand()
  const node = stand.node()
  const waiting = all(node.events({ live: true }))
  await stand.clock.settle()
  await node.close()
  expect(await waiting).toEqual([])
  expect(() => node.events({})).toThrow(expect.objectContaining({ code: 'projection-stopped' }))
})

test('a node without a journal has no events', () => {
  const node = new Projections({ clock: new Stand().clock, durability: () => undefined })
  expect(() => node.events({})).toThrow(expect.objectContaining({ code: 'journal-missing' }))
})
