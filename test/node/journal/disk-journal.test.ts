// Tests of the disk journal: the contract over a disk in memory and over a real one with LevelDB.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SystemClock } from '../../../node/system-clock.ts'
import { SystemDurableDisk } from '../../../node/system-durable-disk.ts'
import { openJournal } from '../../../node/journal/open-journal.ts'
import { openLevelTable } from '../../../node/journal/level-table.ts'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { MemoryTables } from '../../../scenarios/testing/memory-table.ts'
import { testJournal, testJournalTip } from '../../contracts/journal.ts'
import type { JournalPlace } from '../../../node/journal/open-journal.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'
import type { OpenJournal } from '../../contracts/journal-given.ts'

const identity = { cluster: 'c1', node: 'amsterdam' }
const clock = new SystemClock()
const small = { checkpointBytes: 1, segmentBytes: 200 }

testJournal('on a disk in memory', () => inMemory())
testJournalTip('on a disk in memory', () => inMemory())
testJournal('on a disk in memory, indexed at once', () => inMemory({ checkpointBytes: 1 }), { runs: 300 })
testJournal('on a disk in memory, compacted all the time', () => inMemory(small, compacting), { runs: 300 })
testJournal('on a real disk with LevelDB', onDisk, { runs: 10 })
testJournalTip('on a real disk with LevelDB', onDisk)

/** Is compacted when it is opened, and after an append unless that is under way. */
async function compacting(journal: DiskJournal): Promise<DiskJournal> {
  await journal.compact({})
  const append = journal.append.bind(journal)
  journal.append = (one, done) =>
    append(one, (fault) => {
      const isRunning = journal.sizes().compactions?.isRunning === true
      // It ends early where the journal is closed.
      if (!isRunning) journal.compact({}).catch(() => {})
      done(fault)
    })
  return journal
}

async function inMemory(
  options: Partial<JournalPlace> = {},
  changed: (journal: DiskJournal) => Promise<DiskJournal> = (journal) => Promise.resolve(journal),
): Promise<OpenJournal> {
  const disk = new CrashDisk()
  const tables = new MemoryTables()
  const table = tables.open.bind(tables)
  return opened(async () =>
    changed(await openJournal({ disk, table, folder: 'j', identity, clock, ...options })),
  )
}

async function onDisk(): Promise<OpenJournal> {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'))
  const disk = new SystemDurableDisk()
  const open = await opened(() => openJournal({ disk, table: openLevelTable, folder, identity, clock }))
  return {
    ...open,
    end: async () => {
      await open.end()
      await rm(folder, { recursive: true })
    },
  }
}

async function opened(open: () => Promise<DiskJournal>): Promise<OpenJournal> {
  let journal = await open()
  return {
    journal,
    reopen: async () => (journal = await open()),
    end: () => journal.close(),
  }
}
