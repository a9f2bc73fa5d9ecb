// Tests of compaction in the background: when it begins, what it leaves, who waits for it, and what ends it.
import { expect, test } from 'vitest'
import { isWorthCompacting } from '../../../node/journal/compacting.ts'
import { Writer } from '../../contracts/journal-writer.ts'
import { JournalPlace, recovered } from './journal-place.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'
import type { DiskMishap, DiskOperation } from '../../../scenarios/testing/disk-gate.ts'

const body = Buffer.alloc(2_000)

/** A place whose journal compacts a log of some segments. */
function smallPlace(): JournalPlace {
  const place = new JournalPlace()
  place.segmentBytes = 16_000
  place.compactBytes = 32_000
  place.checkpointBytes = 8_000
  return place
}

/** Each record makes the one before it superfluous, until something happens on the disk. */
async function writeUntil(
  place: JournalPlace,
  journal: DiskJournal,
  isIt: (operation: DiskOperation) => boolean,
  then: () => DiskMishap | undefined = () => undefined,
): Promise<Writer> {
  let has = false
  place.disk.hook = (operation) => {
    if (has || !isIt(operation)) return undefined
    has = true
    return then()
  }
  const ada = await Writer.open(journal, 'ada')
  for (let count = 0; !has && count < 1_000; count++)
    await ada.commit({ kind: 'whole', keepFrom: ada.seq + 1, body })
  expect(has).toBe(true)
  return ada
}

const isRename = ({ op }: DiskOperation): boolean => op === 'rename'

test('a log of which most is droppable is compacted by itself, and that is counted', async () => {
  const place = smallPlace()
  const journal = await place.open()
  const ada = await writeUntil(place, journal, isRename)
  // Waits for the one that runs.
  await journal.compact({ signal: new AbortController().signal })
  const { compactions, droppableBytes, logBytes } = journal.sizes()
  expect(compactions).toMatchObject({ isRunning: false, runs: 2, failed: 0 })
  expect(compactions?.bytesFreed).toBeGreaterThan(32_000)
  expect(droppableBytes).toBeLessThanOrEqual(logBytes)
  expect(logBytes).toBeLessThan(60_000)
  expect((await journal.verify({})).findings).toEqual([])
  const { seq } = ada
  await journal.close()
  const next = await place.open()
  const [record] = await next.read('ada', 1, 10)
  expect(record).toMatchObject({ seq, kind: 'whole' })
  await next.close()
})

test('a log does not grow without end while it is written', async () => {
  const place = smallPlace()
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  let most = 0
  for (let count = 0; count < 1_500; count++) {
    await ada.commit({ kind: 'whole', keepFrom: ada.seq + 1, body })
    most = Math.max(most, journal.sizes().logBytes)
  }
  expect(journal.sizes().compactions?.runs).toBeGreaterThan(3)
  expect(most).toBeLessThan(1_000_000)
  await journal.close()
})

test('a log whose records are needed is left alone', async () => {
  const place = smallPlace()
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  for (let count = 0; count < 60; count++) {
    await ada.commits(1, { body })
    if (count % 10 === 9) await ada.snapshot({ body: 'all' })
  }
  await journal.verify({})
  const { droppableBytes, compactions } = journal.sizes()
  expect(droppableBytes).toBeLessThan(1_000)
  expect(compactions).toEqual({ isRunning: false, runs: 0, failed: 0, bytesFreed: 0 })
  await journal.close()
})

test('what is droppable is counted over openings, by an index made anew, too', async () => {
  const place = smallPlace()
  place.compactBytes = undefined
  let journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  const bob = await Writer.open(journal, 'bob')
  for (let round = 0; round < 10; round++) {
    await ada.commits(10)
    await ada.snapshot({ body, keepFrom: ada.seq - 9 })
    await bob.commit({ body })
  }
  await bob.commit({ kind: 'end' })
  await journal.verify({})
  const { droppableBytes = 0, logBytes } = journal.sizes()
  await journal.close()
  journal = await place.open()
  expect(journal.sizes().droppableBytes).toBe(droppableBytes)
  await journal.close()
  place.tables.remove('j/index')
  journal = await place.open()
  await journal.verify({})
  const anew = journal.sizes().droppableBytes ?? 0
  expect(anew / droppableBytes).toBeGreaterThan(0.9)
  expect(anew / droppableBytes).toBeLessThan(1.1)
  await journal.compact({})
  const after = journal.sizes()
  expect(logBytes - after.logBytes).toBeGreaterThan(droppableBytes * 0.5)
  expect(logBytes - after.logBytes).toBeLessThan(droppableBytes * 1.2)
  expect(after.droppableBytes).toBeLessThanOrEqual(16_000)
  await journal.close()
})

test('it ends at once when the journal is closed, and nothing is left behind', async () => {
  const place = smallPlace()
  const journal = await place.open()
  const begun = ({ op, path }: DiskOperation): boolean => op === 'open' && path.endsWith('.new')
  await writeUntil(place, journal, begun)
  await journal.close()
  expect(place.disk.files().filter((file) => file.endsWith('.new'))).toEqual([])
  const next = await place.open()
  expect(next.findings).toEqual([])
  expect(await recovered(next, 'ada')).toHaveLength(1)
  await next.close()
})

test('one that fails is told as a finding, costs nothing, and is not tried again at once', async () => {
  const place = smallPlace()
  const journal = await place.open()
  const ada = await writeUntil(place, journal, isRename, () => ({ fail: 'other' }))
  for (let count = 0; count < 30; count++)
    expect(await ada.commit({ kind: 'whole', keepFrom: ada.seq + 1, body })).toBeUndefined()
  expect(journal.sizes().compactions).toMatchObject({ runs: 0, failed: 1, isRunning: false })
  expect(journal.findings).toMatchObject([{ kind: 'compaction', isDamage: false }])
  expect(await journal.verify({})).toMatchObject({ findings: journal.findings, damaged: 0 })
  expect(await journal.compact({})).toMatchObject({ segmentsAfter: 2 })
  await journal.close()
})

test('two who ask at the same time are served one after the other, and one who has no time is told so', async () => {
  const place = smallPlace()
  place.compactBytes = undefined
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  for (let count = 0; count < 40; count++) await ada.commit({ kind: 'whole', keepFrom: ada.seq + 1, body })
  const controller = new AbortController()
  const first = journal.compact({})
  const second = journal.compact({})
  const third = journal.compact({ signal: controller.signal })
  controller.abort()
  await expect(third).rejects.toMatchObject({ code: 'command-cancelled' })
  expect((await first).recordsDropped).toBeGreaterThan(20)
  expect((await second).recordsDropped).toBe(0)
  await journal.close()
})

test.each([
  [{ droppableBytes: 100, openBytes: 10, logBytes: 150 }, true],
  [{ droppableBytes: 100, openBytes: 10, logBytes: 200 }, false],
  [{ droppableBytes: 100, openBytes: 60, logBytes: 150 }, false],
  [{ droppableBytes: 49, openBytes: 0, logBytes: 60 }, false],
])('whether %o is worth a compaction of 50 bytes at least: %s', (log, isWorth) => {
  expect(isWorthCompacting(log, 50)).toBe(isWorth)
})
