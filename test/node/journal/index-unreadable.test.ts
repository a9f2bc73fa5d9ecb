// An index whose table cannot be read in places: it is thrown away when the journal is closed, and made anew at the next opening.
import { expect, test } from 'vitest'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { indexDamaged } from '../../../node/journal/index/record-index.ts'
import { ManualClock } from '../../../scenarios/testing/manual-clock.ts'
import { MemoryTables } from '../../../scenarios/testing/memory-table.ts'
import { openJournal } from '../../../node/journal/open-journal.ts'
import { Writer } from '../../contracts/journal-writer.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'
import type { Table } from '../../../node/journal/table.ts'

const disk = new CrashDisk()
const tables = new MemoryTables()
let isRotten = false

// Tables in memory are in no folder: what is removed there is removed here.
disk.hook = ({ op, path }) => {
  if (op === 'remove' && path === 'j/index') tables.remove(path)
  return undefined
}

function open(): Promise<DiskJournal> {
  const identity = { cluster: 'c', node: 'n' }
  return openJournal({ disk, table, folder: 'j', identity, clock: new ManualClock(), checkpointBytes: 1 })
}

/** What LevelDB says of a block whose sum is wrong. */
async function table(folder: string): Promise<Table> {
  const sound = await tables.open(folder)
  return {
    get: (key) => sound.get(key),
    getMany: (keys) => sound.getMany(keys),
    write: (changes) => sound.write(changes),
    clear: (range) => sound.clear(range),
    close: () => sound.close(),
    range(range) {
      if (isRotten) throw indexDamaged('Cannot read the index: a block is not what was written')
      return sound.range(range)
    },
  }
}

test('who asks hears of it, and the next opening has all there is', async () => {
  const first = await open()
  await (await Writer.open(first, 'ada')).commits(3)
  isRotten = true
  await expect(first.heads(undefined, 10)).rejects.toMatchObject({ code: 'index-damaged' })
  isRotten = false
  await first.close()
  const next = await open()
  expect(next.findings).toMatchObject([{ kind: 'index', isDamage: false }])
  expect((await next.heads(undefined, 10)).map(({ id, seq }) => [id, seq])).toEqual([['ada', 3]])
  await next.close()
})
