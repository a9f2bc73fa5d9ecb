// Tests of a disk journal's upkeep: what a compaction drops and keeps, what a verification says, and sizes.
import { expect, test } from 'vitest'
import { Writer } from '../../contracts/journal-writer.ts'
import { JournalPlace, recovered } from './journal-place.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'

const body = Buffer.alloc(1_000_000, 'x')

/** Enough for a segment that is closed, most of it not needed any more. */
async function fill(journal: DiskJournal): Promise<void> {
  const ada = await Writer.open(journal, 'ada')
  const bob = await Writer.open(journal, 'bob')
  await ada.commit({ wakeMs: 99, tags: ['old'] })
  await bob.commit({ tags: ['bob'] })
  for (let count = 0; count < 70; count++) await ada.commit({ body })
  await ada.snapshot({ body: 'all', keepFrom: ada.seq })
  await ada.commit({ tags: ['new'] })
  await bob.commit({ kind: 'end' })
}

test('a compaction drops what is not needed, and an index made anew after it says the same', async () => {
  const place = new JournalPlace()
  let journal = await place.open()
  await fill(journal)
  const steps: number[] = []
  const report = await journal.compact({ progress: (done, all) => void steps.push(done / all) })
  expect(report.recordsDropped).toBeGreaterThan(50)
  expect(report.bytesAfter).toBeLessThan(report.bytesBefore / 4)
  expect(steps).toEqual(steps.toSorted((a, b) => a - b))
  for (const isAnew of [false, true]) {
    await journal.close()
    if (isAnew) place.tables.remove('j/index')
    journal = await place.open()
    expect(await recovered(journal, 'ada')).toEqual(['snapshot 71 all', 'commit 72 ada 72'])
    expect(await recovered(journal, 'bob')).toEqual([])
    expect(await journal.heads(undefined, 10)).toMatchObject([
      { id: 'ada', firstSeq: 71, seq: 72, wakeMs: 99 },
      { id: 'bob', firstSeq: 2, seq: 2, isEnded: true },
    ])
    const tagged = await journal.feed(1, { countMax: 10, tags: ['bob', 'new'] })
    expect(tagged.records.map(({ id, seq }) => `${id} ${seq}`)).toEqual(['ada 72'])
    expect(tagged.next).toBe(journal.tip)
    expect(await journal.verify({})).toMatchObject({ actors: 2, damaged: 0, findings: [] })
  }
  await journal.close()
})

test('a compaction and a verification that are cancelled change nothing', async () => {
  const place = new JournalPlace()
  const journal = await place.open()
  await fill(journal)
  const { logBytes } = journal.sizes()
  const signal = AbortSignal.abort()
  await expect(journal.compact({ signal })).rejects.toMatchObject({ code: 'command-cancelled' })
  await expect(journal.verify({ signal })).rejects.toMatchObject({ code: 'command-cancelled' })
  expect(journal.sizes().logBytes).toBe(logBytes)
  await journal.close()
})

test('a verification counts all there is, and names the actor whose index differs from the log', async () => {
  const place = new JournalPlace()
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  const bob = await Writer.open(journal, 'bob')
  await ada.commits(3)
  await bob.commits(2)
  expect(await journal.verify({})).toMatchObject({ actors: 2, records: 5, segments: 1, damaged: 0 })
  await journal.close()
  await place.rotIndex(2)
  const next = await place.open()
  const report = await next.verify({})
  // The log has all of them: nothing is lost.
  expect(report).toMatchObject({ damaged: 0, findingsCount: 2 })
  expect(report.findings).toMatchObject([
    { kind: 'index', isDamage: false, id: 'ada', seq: 1 },
    { kind: 'index', isDamage: false, id: 'bob', seq: 1 },
  ])
  expect(await next.read('ada', 1, 10)).toHaveLength(3)
  await next.close()
})

test('sizes tell the log from what is in memory until the index has it', async () => {
  const place = new JournalPlace()
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  expect(journal.sizes()).toMatchObject({ tailBytes: 0 })
  await ada.commits(3)
  expect(journal.sizes().tailBytes).toBeGreaterThan(0)
  await journal.verify({})
  expect(journal.sizes()).toMatchObject({ tailBytes: 0, segments: 1 })
  await journal.close()
})
