// Tests of projections: what they apply, how they fail and end, and who may write them.
import { expect, test } from 'vitest'
import { Fault } from '../../../runtime/fault.ts'
import { positionWaitsMax } from '../../../node/projections/position-waits.ts'
import { projectionReadAheadMax } from '../../../node/projections/journal-reader.ts'
import { passedMax, stopMsMax, turnEventsMax } from '../../../node/projections/projection.ts'
import { projectionsMax } from '../../../node/projections/projections.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { counted, Stand, sums } from './stand.ts'
import type { RecordedEvent } from '../../../node/projections/recorded-event.ts'

test('a projection applies what is there and what comes, and says how far it is', async () => {
  const stand = new Stand()
  await stand.deposits(1, 2)
  const totals = await stand.node().project({ name: 'totals', ...sums })
  expect(totals.position).toBe(0)
  await totals.reached(2)
  expect(totals.state.sum).toBe(3)
  const later = totals.reached(4)
  await stand.deposits(4)
  await later
  expect(totals).toMatchObject({
    state: { sum: 7 },
    applied: 3,
    skipped: 0,
    status: 'running',
    truncated: false,
  })
  await totals.reached()
  expect(totals.lag).toBe(0)
  await totals.stop()
  expect(totals).toMatchObject({ status: 'stopped', fault: undefined })
})

test('a projection from now on leaves out what was there, also after a crash before its first event', async () => {
  const stand = new Stand()
  await stand.deposits(1)
  await stand.node().project({ name: 'totals', from: 'now', ...sums })
  const next = stand.crash()
  await stand.deposits(2)
  const totals = await next.project({ name: 'totals', from: 'now', ...sums })
  await totals.reached()
  expect(totals.state.seen).toEqual([2])
})

test('filters hold for a projection as for a reading', async () => {
  const stand = new Stand()
  await stand.write('bank/ada', [['deposited', 1]], { tags: ['money'] })
  await stand.write('bank/bob', [['deposited', 2]])
  await stand.write('shop/eve', [['deposited', 4]], { tags: ['money'] })
  const node = stand.node()
  const tagged = await node.project({ name: 'tagged', tags: ['money'], ...sums })
  const banks = await node.project({ name: 'banks', actor: 'bank/*', ...sums })
  const shops = await node.project({ name: 'shops', definition: { name: 'shop' }, ...sums })
  await Promise.all([tagged.reached(), banks.reached(), shops.reached()])
  expect([tagged, banks, shops].map(({ state }) => state.sum)).toEqual([5, 3, 4])
})

test('what an ended actor has left is applied, and then that it was forgotten', async () => {
  const stand = new Stand()
  const balances = await stand.node().project({
    name: 'balances',
    state: () => new Map<string, number>(),
    on: {
      deposited(state, { actor, payload }: RecordedEvent<number>) {
        state.set(actor, (state.get(actor) ?? 0) + payload)
      },
      $forgotten(state, { actor }) {
        state.delete(actor)
      },
    },
  })
  await stand.deposits(1, 2)
  await balances.reached()
  await stand.write('bank/ada', [], { kind: 'end' })
  await balances.reached()
  expect([...balances.state]).toEqual([['bank/bob', 2]])
})

test('async handlers are awaited one after the other, and a slow one holds no more than a page and no append', async () => {
  const stand = new Stand()
  const { journal, handedOut } = counted(stand.journal)
  let running = 0
  let release = (): void => undefined
  const slow = await stand.node(journal).project({
    name: 'slow',
    state: () => ({ seen: [] as number[] }),
    on: {
      async deposited(state, { payload }: RecordedEvent<number>) {
        expect(++running).toBe(1)
        if (payload === 700) await new Promise<void>((resolve) => (release = resolve))
        running--
        expect(handedOut() - payload).toBeLessThanOrEqual(projectionReadAheadMax + 3)
        state.seen.push(payload)
      },
    },
  })
  const total = projectionReadAheadMax * 8
  for (let amount = 0; amount < total; amount++) await stand.write('a', [['deposited', amount]])
  await stand.clock.settle()
  expect(slow.state.seen).toHaveLength(700)
  expect(slow.lag).toBeGreaterThanOrEqual(total - 700)
  release()
  await slow.reached()
  expect(slow.state.seen).toEqual(Array.from({ length: total }, (_, index) => index))
})

test('an event whose handler throws stops the projection with the state before it, and it goes on there once mended', async () => {
  const stand = new Stand()
  await stand.write('bank/ada', [['deposited', 1]])
  await stand.write('bank/bob', [
    ['deposited', 2],
    ['deposited', 0],
    ['deposited', 3],
  ])
  const node = stand.node()
  const totals = await node.project({ name: 'totals', ...sums, on: { deposited: fragile } })
  const fault = await totals.ended
  expect(fault?.toJSON()).toMatchObject({
    code: 'projection-failed',
    message:
      'Cannot go on with the projection "totals": at "deposited" of "bank/bob", position 2, it threw Error: nothing was paid',
    details: { projection: 'totals', position: 2, index: 1, actor: 'bank/bob', event: 'deposited' },
  })
  expect(totals).toMatchObject({ status: 'failed', state: { sum: 3, seen: [1, 2] }, applied: 2 })
  await expect(totals.reached(99)).rejects.toBe(fault)
  expect(node.list).toEqual([totals])
  const mended = await node.project({ name: 'totals', ...sums })
  expect(mended).toMatchObject({ position: 1, applied: 2 })
  await mended.reached()
  expect(mended.state).toEqual({ sum: 6, seen: [1, 2, 0, 3] })
  expect(node.list).toEqual([mended])
})

test('with onError skip, events whose handlers throw are left out, undone and counted', async () => {
  const stand = new Stand()
  await stand.deposits(1, 0, 2, 0, 0, 3)
  const totals = await stand
    .node()
    .project({ name: 'totals', onError: 'skip', ...sums, on: { deposited: fragile } })
  await totals.reached()
  expect(totals).toMatchObject({
    state: { sum: 6, seen: [1, 2, 3] },
    applied: 3,
    skipped: 3,
    status: 'running',
  })
  expect(totals.lastSkipped).toMatchObject({ code: 'projection-failed', details: { position: 5 } })
  await totals.stop()
  const next = await stand.node().project({ name: 'totals', ...sums })
  expect(next).toMatchObject({ skipped: 3, applied: 3 })
})

test('a record that cannot be read stops the projection, or is left out', async () => {
  const stand = new Stand()
  await stand.deposits(1)
  const encode = stand.codec.encode.bind(stand.codec)
  Object.assign(stand.codec, { encode: () => new Uint8Array([255, 1, 2]) })
  await stand.deposits(2)
  Object.assign(stand.codec, { encode })
  await stand.deposits(3)
  const totals = await stand.node().project({ name: 'totals', ...sums })
  expect(await totals.ended).toMatchObject({ code: 'projection-failed', details: { position: 2 } })
  const careless = await stand.node().project({ name: 'totals', onError: 'skip', ...sums })
  await careless.reached()
  expect(careless).toMatchObject({ state: { seen: [1, 3] }, skipped: 1 })
})

test('a handler that fails when it is called again leaves the projection where it was written down last', async () => {
  const stand = new Stand()
  await stand.deposits(1, 2, 0)
  let calls = 0
  const totals = await stand.node().project({
    name: 'totals',
    ...sums,
    on: {
      deposited(state: { sum: number; seen: number[] }, event: RecordedEvent<number>): void {
        if (++calls > 2) throw new Error('enough')
        sums.on.deposited(state, event)
      },
    },
  })
  expect(await totals.ended).toMatchObject({ code: 'projection-failed' })
  expect(totals).toMatchObject({ state: { seen: [] }, position: 0, applied: 0 })
})

test('an upcast that throws is a failure of its event', async () => {
  const stand = new Stand()
  await stand.deposits(1)
  const upcast = (): never => {
    throw new Error('unknown shape')
  }
  const totals = await stand.node().project({ name: 'totals', upcast, ...sums })
  expect(await totals.ended).toMatchObject({ code: 'projection-failed', cause: { code: 'upcast-failed' } })
})

test('it is written down after so many events, after so long, and at its stop', async () => {
  const stand = new Stand()
  const totals = await stand.node().project({ name: 'totals', saveEvents: 3, saveMs: 500, ...sums })
  const saved = async (): Promise<number> => (await stand.journal.heads(undefined, 1))[0]?.seq ?? 0
  expect(await saved()).toBe(1)
  await stand.deposits(1, 2)
  await stand.clock.settle()
  expect(await saved()).toBe(1)
  await stand.deposits(3)
  await stand.clock.settle()
  expect(await saved()).toBe(2)
  await stand.deposits(4)
  await stand.clock.advance(499)
  expect(await saved()).toBe(2)
  await stand.clock.advance(1)
  expect(await saved()).toBe(3)
  await stand.clock.advance(60_000)
  expect(await saved()).toBe(3)
  await stand.deposits(5)
  await totals.reached()
  await totals.stop()
  expect(await saved()).toBe(4)
  expect(await stand.journal.heads('$projection', 1)).toMatchObject([
    { id: '$projection/totals', firstSeq: 4, seq: 4 },
  ])
  expect(stand.clock.pendingAlarms).toBe(0)
})

test('what is only passed over is written down now and then, so that it need not be looked at again', async () => {
  const stand = new Stand()
  const totals = await stand.node().project({ name: 'totals', actor: 'bank/ada', ...sums })
  for (let amount = 0; amount < passedMax; amount++) await stand.write('bank/bob', [['deposited', amount]])
  await totals.reached()
  await stand.clock.settle()
  const next = await stand.crash().project({ name: 'totals', actor: 'bank/ada', ...sums })
  expect(next.position).toBeGreaterThanOrEqual(passedMax)
})

test('others have their turn while a record of many events is applied', async () => {
  const stand = new Stand(new SystemClock())
  await stand.write(
    'a',
    Array.from({ length: turnEventsMax * 3 }, (_, amount) => ['deposited', amount] as const),
  )
  const totals = await stand.node().project({ name: 'totals', ...sums })
  const seen: number[] = []
  const look = (): void => {
    seen.push(totals.applied)
    if (totals.applied < turnEventsMax * 3) stand.clock.later(look)
  }
  look()
  await totals.reached()
  expect(seen).toContain(turnEventsMax)
  await totals.stop()
})

test('many projections do not keep each other writing', async () => {
  const stand = new Stand()
  const node = stand.node()
  for (const name of ['a', 'b', 'c']) await node.project({ name, saveMs: 1, ...sums })
  await stand.deposits(1)
  await stand.clock.advance(1_000)
  expect(stand.journal.tip - 1).toBe(3 + 1 + 3)
  expect(node.list.map(({ lag }) => lag)).toEqual([0, 0, 0])
})

test('of two of one name on two nodes, only the later one can write', async () => {
  const stand = new Stand()
  await stand.deposits(1)
  const first = await stand.node().project({ name: 'totals', saveEvents: 1, ...sums })
  await first.reached()
  const second = await stand.node().project({ name: 'totals', saveEvents: 1, ...sums })
  await stand.deposits(2)
  expect(await first.ended).toMatchObject({ code: 'journal-fenced' })
  await second.reached()
  expect(second).toMatchObject({ status: 'running', state: { sum: 3 } })
  await second.stop()
  const third = await stand.node().project({ name: 'totals', ...sums })
  expect(third.state.seen).toEqual([1, 2])
})

test('a stop lets the handler end that runs and no other begin, and the next life goes on in the middle of a record', async () => {
  const stand = new Stand()
  // With tags, a page ends with the record in whose middle the stop comes.
  const tags = ['money']
  const deposits = (...amounts: number[]): Promise<void> =>
    stand.write(
      'a',
      amounts.map((amount) => ['deposited', amount] as const),
      { tags },
    )
  await deposits(1)
  await deposits(2)
  await deposits(3, 4, 5, 6)
  for (const last of [1, 4, 5, 6]) {
    const on = {
      deposited(state: { sum: number; seen: number[] }, event: RecordedEvent<number>): void {
        sums.on.deposited(state, event)
        if (event.payload === last) void totals.stop()
      },
    }
    const totals = await stand.node().project({ name: 'totals', tags, ...sums, on })
    await totals.ended
    expect(totals.state.seen.at(-1)).toBe(last)
  }
  const next = await stand.node().project({ name: 'totals', tags, ...sums })
  expect(next.state.seen).toEqual([1, 2, 3, 4, 5, 6])
})

test('a second one of a name on one node is refused, also while the first begins', async () => {
  const stand = new Stand()
  const node = stand.node()
  const first = node.project({ name: 'totals', ...sums })
  await expect(node.project({ name: 'totals', ...sums })).rejects.toMatchObject({ code: 'projection-taken' })
  await (await first).stop()
  expect(node.list).toEqual([])
  expect(await node.project({ name: 'totals', ...sums })).toMatchObject({ status: 'running' })
})

test.each([['journal-full'], ['journal-busy']])(
  'after %s it goes on and is written down later',
  async (code) => {
    const stand = new Stand()
    const totals = await stand.node().project({ name: 'totals', saveMs: 100, ...sums })
    await stand.deposits(1)
    await totals.reached()
    stand.journal.failNext(new Fault(code, 'Cannot keep it: no room', { hint: 'Wait.' }))
    await stand.clock.advance(100)
    expect([totals.status, totals.fault?.code]).toEqual(['running', code])
    await stand.clock.advance(100)
    expect([totals.status, totals.fault]).toEqual(['running', undefined])
    const next = await stand.crash().project({ name: 'totals', ...sums })
    expect(next.state.seen).toEqual([1])
  },
)

test('a state that cannot be written down stops it', async () => {
  const stand = new Stand()
  await stand.deposits(1)
  const totals = await stand.node().project({
    name: 'totals',
    state: (): { kept: unknown } => ({ kept: null }),
    on: { deposited: (state) => void (state.kept = () => 1) },
    saveEvents: 1,
  })
  expect(await totals.ended).toMatchObject({ code: 'payload-unencodable' })
})

test('a higher version begins anew, and a lower one is refused', async () => {
  const stand = new Stand()
  await stand.deposits(1, 2)
  const first = await stand.node().project({ name: 'totals', ...sums })
  await first.reached()
  await first.stop()
  const second = await stand.node().project({
    name: 'totals',
    version: 2,
    state: () => ({ count: 0 }),
    on: { deposited: (state) => void state.count++ },
  })
  await second.reached()
  expect(second).toMatchObject({ state: { count: 2 }, applied: 2 })
  await second.stop()
  await expect(stand.node().project({ name: 'totals', ...sums })).rejects.toMatchObject({
    code: 'projection-outdated',
  })
})

test('a record that is no state and position is damage', async () => {
  const stand = new Stand()
  await stand.write('$projection/totals', [], { kind: 'whole', commit: { state: { version: 1, data: 7 } } })
  await expect(stand.node().project({ name: 'totals', ...sums })).rejects.toMatchObject({
    code: 'journal-damaged',
  })
})

test('a projection that is further than its journal is refused', async () => {
  const stand = new Stand()
  const data = { next: 99, index: 0, applied: 0, skipped: 0, state: null }
  await stand.write('$projection/totals', [], { kind: 'whole', commit: { state: { version: 1, data } } })
  await expect(stand.node().project({ name: 'totals', ...sums })).rejects.toMatchObject({
    code: 'position-invalid',
    details: { position: 99, tip: 2 },
  })
})

test.each([
  [{ state: undefined }],
  [{ on: undefined }],
  [{ on: { deposited: 7 } }],
  [{ upcast: 7 }],
  [{ onError: 'retry' }],
  [{ version: 0 }],
  [{ saveEvents: 1.5 }],
  [{ saveMs: 3_600_001 }],
])('a spec with %o is refused', async (flaw) => {
  const spec = { name: 'totals', ...sums, ...flaw } as unknown as typeof sums & { name: string }
  await expect(new Stand().node().project(spec)).rejects.toMatchObject({ code: 'projection-invalid' })
})

test('a name that is no path segment, a position and a filter that cannot be are refused and leave nothing behind', async () => {
  const node = new Stand().node()
  await expect(node.project({ name: 'a/b', ...sums })).rejects.toMatchObject({ code: 'name-invalid' })
  await expect(node.project({ name: 'a', from: 7, ...sums })).rejects.toMatchObject({
    code: 'position-invalid',
  })
  await expect(node.project({ name: 'a', tags: [], ...sums })).rejects.toMatchObject({
    code: 'filter-invalid',
  })
  expect((await node.project({ name: 'a', ...sums })).status).toBe('running')
})

test('too many projections are refused, unless a failed one makes room', async () => {
  const stand = new Stand()
  const node = stand.node()
  const failing = await node.project({ name: 'failing', ...sums, on: { deposited: fragile } })
  for (let index = 1; index < projectionsMax; index++) await node.project({ name: `p${index}`, ...sums })
  await expect(node.project({ name: 'more', ...sums })).rejects.toMatchObject({ code: 'projections-full' })
  await stand.deposits(0)
  await failing.ended
  expect(await node.project({ name: 'more', ...sums })).toMatchObject({ status: 'running' })
  await node.close()
  expect(node.list).toEqual([])
})

test('who waits for a position is told of the end, and too many are refused', async () => {
  const stand = new Stand()
  const totals = await stand.node().project({ name: 'totals', ...sums })
  const waits = Array.from({ length: positionWaitsMax }, () => totals.reached(7))
  await expect(totals.reached(7)).rejects.toMatchObject({ code: 'projection-waits-full' })
  await expect(totals.reached(NaN)).rejects.toMatchObject({ code: 'position-invalid' })
  const [outcomes] = await Promise.all([Promise.allSettled(waits), totals.stop()])
  expect(outcomes.every((one) => one.status === 'rejected')).toBe(true)
  await expect(totals.reached(7)).rejects.toMatchObject({ code: 'projection-stopped' })
})

test('a handler that does not end is given up at the stop, and what was not written down is applied again', async () => {
  const stand = new Stand()
  await stand.deposits(1, 0)
  const stuck = await stand.node().project({
    name: 'totals',
    ...sums,
    on: {
      deposited(state: { sum: number; seen: number[] }, event: RecordedEvent<number>): Promise<void> | void {
        sums.on.deposited(state, event)
        if (event.payload === 0) return new Promise(() => undefined)
      },
    },
  })
  await stand.clock.settle()
  const stopping = stuck.stop()
  await stand.clock.advance(stopMsMax)
  await stopping
  expect(stuck).toMatchObject({
    status: 'failed',
    fault: { code: 'projection-stopped' },
    state: { seen: [] },
  })
  const next = await stand.node().project({ name: 'totals', ...sums })
  await next.reached()
  expect(next.state.seen).toEqual([1, 0])
})

test('no projection begins on a node that is stopping, and those that begin are ended', async () => {
  const stand = new Stand()
  const node = stand.node()
  const beginning = node.project({ name: 'totals', ...sums })
  await node.close()
  expect((await beginning).status).toBe('stopped')
  await expect(node.project({ name: 'more', ...sums })).rejects.toMatchObject({ code: 'projection-stopped' })
})

/** Half of what it does is done when it throws. */
function fragile(state: { sum: number; seen: number[] }, event: RecordedEvent<number>): void {
  sums.on.deposited(state, event)
  if (event.payload === 0) throw new Error('nothing was paid')
}
