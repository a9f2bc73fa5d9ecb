// Tests of the memory table: the contract, and what is left of it after a crash.
import { expect, test } from 'vitest'
import { MemoryTables } from '../../../scenarios/testing/memory-table.ts'
import { testTable } from '../../contracts/table.ts'

testTable(async () => {
  const tables = new MemoryTables()
  return { table: await tables.open('index'), reopen: () => tables.open('index'), end: async () => {} }
})

test('a crash takes back the newest batches, each as a whole, as many as it is told to', async () => {
  const tables = new MemoryTables()
  const table = await tables.open('index')
  for (const value of ['1', '2', '3']) {
    await table.write([
      [Buffer.from('a'), Buffer.from(value)],
      [Buffer.from(value), Buffer.from(value)],
    ])
  }
  await table.write([[Buffer.from('a'), undefined]])
  tables.crash((unsafe) => {
    expect(unsafe).toBe(4)
    return 2
  })
  const found = await tables.open('index')
  expect(await found.getMany([Buffer.from('a'), Buffer.from('2'), Buffer.from('3')])).toEqual([
    Buffer.from('2'),
    Buffer.from('2'),
    undefined,
  ])
})

test('a folder that was taken away is empty when it is opened again', async () => {
  const tables = new MemoryTables()
  const table = await tables.open('index')
  await table.write([[Buffer.from('a'), Buffer.from('1')]])
  tables.remove('index')
  expect(await (await tables.open('index')).get(Buffer.from('a'))).toBeUndefined()
})
