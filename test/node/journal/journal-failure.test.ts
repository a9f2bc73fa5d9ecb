// Tests of a disk journal whose disk fails under an append or falls behind an accepted loss, and of an index that lacks a page.
import { expect, test } from 'vitest'
import { seededRandom } from '../../../runtime/random.ts'
import { Writer } from '../../contracts/journal-writer.ts'
import { JournalPlace, recovered } from './journal-place.ts'
import type { DiskHook } from '../../../scenarios/testing/disk-gate.ts'

/** The next operation of one kind on the log fails. */
function failNext(place: JournalPlace, op: 'write' | 'sync', fail: 'full' | 'other'): void {
  const { disk } = place
  const hook: DiskHook = (operation) => {
    if (operation.op !== op || !operation.path.endsWith('.log')) return undefined
    disk.hook = undefined
    return { fail }
  }
  disk.hook = hook
}

test('a number that a full disk has refused is the next one again', async () => {
  const place = new JournalPlace()
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  await ada.commit()
  failNext(place, 'write', 'full')
  const faults = await Promise.all([ada.commit({ body: 'lost' }), ada.commit({ body: 'lost' })])
  expect(faults).toMatchObject([
    { code: 'journal-full', outcome: 'known' },
    { code: 'journal-full', outcome: 'known' },
  ])
  ada.seq = 1
  expect(await ada.commit()).toBeUndefined()
  expect(await recovered(journal, 'ada')).toEqual(['commit 1 ada 1', 'commit 2 ada 2'])
  await journal.close()
})

test('an owner who does not know what was kept can append nothing before it has recovered', async () => {
  const place = new JournalPlace()
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  await ada.commit()
  failNext(place, 'sync', 'other')
  expect(await ada.commit()).toMatchObject({ code: 'journal-failed', outcome: 'unknown' })
  for (const seq of [1, 2]) {
    ada.seq = seq
    expect(await ada.commit()).toMatchObject({ code: 'journal-fenced', outcome: 'known' })
  }
  const again = await Writer.open(journal, 'ada')
  expect(await again.commit()).toBeUndefined()
  await journal.close()
})

test('a loss that was accepted is not asked about again, whatever falls', async () => {
  for (let seed = 0; seed < 20; seed++) {
    const place = new JournalPlace()
    const journal = await place.open()
    const ada = await Writer.open(journal, 'ada')
    for (let count = 0; count < 3; count++) await ada.commit()
    await journal.close()
    place.rotRecord('ada 2')
    place.tables.remove('j/index')
    const damaged = await place.open()
    await expect(Writer.open(damaged, 'ada')).rejects.toMatchObject({ code: 'journal-damaged' })
    await damaged.acceptLoss()
    place.crash(seededRandom(seed))
    const next = await place.open()
    expect(await recovered(next, 'ada')).toEqual(['commit 1 ada 1', 'commit 3 ada 3'])
    await next.close()
  }
})

test('a page that is gone from the middle of the index is missed, and made anew from the log', async () => {
  const place = new JournalPlace()
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  await ada.commits(12, { body: Buffer.alloc(20_000) })
  await journal.close()
  const table = await place.tables.open('j/index')
  const keys: Uint8Array[] = []
  for await (const entries of table.range({ gte: Uint8Array.of(2), lt: Uint8Array.of(3) }))
    for (const [key] of entries) keys.push(key)
  expect(keys.length).toBeGreaterThan(2)
  await table.write([[keys[1]!, undefined]])
  await table.close()
  const next = await place.open()
  const { found } = await Writer.open(next, 'ada')
  expect(found.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
  expect(next.findings).toMatchObject([{ kind: 'index', id: 'ada' }])
  await next.close()
})
