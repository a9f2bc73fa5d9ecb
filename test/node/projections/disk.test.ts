// Tests of projections over the journal on a disk: what was written down there is gone on from, by tag too.
import { expect, test } from 'vitest'
import { BodyCodec } from '../../../node/journal/commit-codec.ts'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { MemoryTables } from '../../../scenarios/testing/memory-table.ts'
import { openJournal } from '../../../node/journal/open-journal.ts'
import { Projections } from '../../../node/projections/projections.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { all, sums } from './stand.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'

const clock = new SystemClock()
const codec = new BodyCodec((path) => path)

test('a projection over a disk goes on after each opening with each event exactly once', async () => {
  const [disk, tables] = [new CrashDisk(), new MemoryTables()]
  const table = tables.open.bind(tables)
  const expected: number[] = []
  for (let life = 0; life < 5; life++) {
    const identity = { cluster: 'c1', node: 'amsterdam' }
    const journal = await openJournal({ disk, table, folder: 'j', identity, clock })
    const node = new Projections({ clock, durability: () => ({ journal, codec }) })
    const totals = await node.project({ name: 'totals', saveEvents: 7, ...sums })
    const even = await node.project({ name: 'even', tags: ['even'], ...sums })
    const amounts = Array.from({ length: 100 }, (_, index) => life * 100 + index)
    expected.push(...amounts)
    await deposit(journal, amounts)
    await Promise.all([totals.reached(), even.reached()])
    expect(totals.state.seen).toEqual(expected)
    expect(even.state.seen).toEqual(expected.filter((amount) => amount % 2 === 0))
    const read = await all(node.events({ actor: 'bank/*' }))
    expect(read.map(({ payload }) => payload)).toEqual(expected)
    await node.close()
    await journal.close()
  }
})

async function deposit(journal: DiskJournal, amounts: readonly number[]): Promise<void> {
  const { epoch, seq } = await journal.recover('bank/ada', undefined, () => undefined)
  const kept = amounts.map((amount, index) => {
    const body = codec.encode({ events: [['deposited', amount, 1]] }, 'deposit')
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const tags = amount % 2 === 0 ? ['even'] : []
    const record = {
      id: 'bank/ada',
      epoch,
      seq: seq + 1 + index,
      kind: 'commit',
      atMs: 0,
      body,
      tags,
    } as const
    journal.append(record, (fault) => (fault === undefined ? resolve() : reject(fault)))
    return promise
  })
  await Promise.all(kept)
}
