// Tests of an index that LevelDB can neither read nor write any more in some places: the log makes it anew.
import { mkdtemp, readdir, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSystemJournal } from '../../../node/journal/system-journal.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { Writer } from '../../contracts/journal-writer.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'
import type { Fault } from '../../../index.ts'

const ids = ['a', 'b', 'c', 'd', 'e', 'f']

async function recovers(journal: DiskJournal): Promise<string[]> {
  return Promise.all(
    ids.map((id) =>
      Writer.open(journal, id).then(
        ({ found }) => `${found.length}`,
        (fault: Fault) => fault.code,
      ),
    ),
  )
}

test('with a file that is too short stops actors until the next opening', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'index-'))
  const open = (): Promise<DiskJournal> =>
    openSystemJournal(folder, { name: 'amsterdam', clock: new SystemClock() })
  const journal = await open()
  for (const id of ids) await (await Writer.open(journal, id)).commits(20, { body: id.repeat(4_000) })
  await journal.close()
  // LevelDB makes a file of its log when it is opened.
  await (await open()).close()
  for (const name of await readdir(join(folder, 'index'))) {
    const file = join(folder, 'index', name)
    if (name.endsWith('.ldb')) await truncate(file, Math.floor((await stat(file)).size / 2))
  }
  const damaged = await open()
  const found = await recovers(damaged)
  expect(found).toContain('journal-damaged')
  expect(found.filter((one) => one !== 'journal-damaged' && one !== '20')).toEqual([])
  await damaged.close()
  const mended = await open()
  expect(await recovers(mended)).toEqual(ids.map(() => '20'))
  await mended.close()
  await rm(folder, { recursive: true })
})
