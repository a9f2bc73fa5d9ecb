// Tests of owners of a disk journal who come in each other's way: claims while others claim, numbers that were given before.
import { expect, test } from 'vitest'
import { JournalPlace, recovered } from './journal-place.ts'
import { Writer } from '../../contracts/journal-writer.ts'
import type { Table } from '../../../node/journal/table.ts'

test('a record that is refused at once leaves its number to the next, also before anybody hears of it', async () => {
  const place = new JournalPlace()
  const journal = await place.open()
  const ada = await Writer.open(journal, 'ada')
  const tags = Array.from({ length: 5 }, (_, index) => String(index).repeat(5_000))
  const refused = ada.commit({ tags })
  ada.seq--
  const kept = ada.commit()
  expect(await refused).toMatchObject({ code: 'record-too-large' })
  expect(await kept).toBeUndefined()
  expect(await ada.commit()).toBeUndefined()
  expect(await recovered(journal, 'ada')).toEqual(['commit 1 ada 1', 'commit 2 ada 2'])
  await journal.close()
})

test('who claims while another does finds nothing of that one that is not safe', async () => {
  const place = new JournalPlace()
  let reached = Promise.withResolvers<void>()
  let gate = Promise.withResolvers<void>()
  const journal = await place.open(async (folder) => {
    const table = await place.tables.open(folder)
    const getMany: Table['getMany'] = async (keys) => {
      reached.resolve()
      await gate.promise
      return table.getMany(keys)
    }
    return Object.assign(Object.create(table), {
      getMany,
      get: table.get.bind(table),
      range: table.range.bind(table),
      write: table.write.bind(table),
      clear: table.clear.bind(table),
      close: table.close.bind(table),
    })
  })
  const [first, isFirstServed] = [Writer.open(journal, 'ada'), reached.promise]
  await isFirstServed
  reached = Promise.withResolvers()
  const [openFirst, isSecondServed] = [gate.resolve, reached.promise]
  gate = Promise.withResolvers()
  const second = Writer.open(journal, 'ada')
  // Nobody knows of this one: the table is asked.
  const other = Writer.open(journal, 'zoe')
  openFirst()
  const ada = await first
  await isSecondServed
  place.disk.hook = ({ op }) => (op === 'write' ? { fail: 'full' } : undefined)
  const refused = ada.commit()
  gate.resolve()
  expect(await refused).toMatchObject({ outcome: 'known' })
  expect((await second).seq).toBe(0)
  place.disk.hook = undefined
  expect(await (await second).commit()).toBeUndefined()
  await other
  await journal.close()
})
