// Tests of the level table: the contract in a real folder, and what it says of files that are not its own any more.
import { mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLevelTable } from '../../../node/journal/level-table.ts'
import { testTable } from '../../contracts/table.ts'

testTable(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'table-'))
  let table = await openLevelTable(join(folder, 'index'))
  return {
    table,
    reopen: async () => (table = await openLevelTable(join(folder, 'index'))),
    end: async () => {
      await table.close()
      await rm(folder, { recursive: true })
    },
  }
})

test('a table whose files are damaged or gone says index-damaged', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'table-'))
  const table = await openLevelTable(folder)
  await table.write([[Buffer.from('a'), Buffer.from('1')]])
  await table.close()
  const manifest = (await readdir(folder)).find((name) => name.startsWith('MANIFEST')) ?? ''
  await truncate(join(folder, manifest), 7)
  await expect(openLevelTable(folder)).rejects.toMatchObject({ code: 'index-damaged' })
  await rm(join(folder, manifest))
  await expect(openLevelTable(folder)).rejects.toMatchObject({ code: 'index-damaged' })
  await rm(folder, { recursive: true })
})

test('a table that is open already, or in no folder, says index-failed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'table-'))
  const table = await openLevelTable(folder)
  await expect(openLevelTable(folder)).rejects.toMatchObject({ code: 'index-failed' })
  await table.close()
  await writeFile(join(folder, 'file'), '')
  await expect(openLevelTable(join(folder, 'file'))).rejects.toMatchObject({ code: 'index-failed' })
  await rm(folder, { recursive: true })
})
