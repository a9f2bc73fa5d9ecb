// Tests of the address book: what is kept last is what is read, and a book that cannot be read is an empty one.
import { expect, test } from 'vitest'
import { AddressBook, bookPeersMax } from '../../../node/cluster/address-book.ts'
import { Fault } from '../../../runtime/fault.ts'
import { MemoryFiles } from '../../../scenarios/testing/memory-files.ts'

const entry = (peer: string): { peer: string; name: string; addresses: string[] } => ({
  peer,
  name: peer,
  addresses: [`memory/${peer}`],
})

async function read(files: MemoryFiles): Promise<AddressBook> {
  const book = new AddressBook(files, 'peers')
  await book.open()
  return book
}

/** Each write ends when the test says so. */
class SlowFiles extends MemoryFiles {
  readonly writes: { readonly text: string; readonly done: PromiseWithResolvers<void> }[] = []

  override async replace(path: string, text: string): Promise<void> {
    const done = Promise.withResolvers<void>()
    this.writes.push({ text, done })
    await done.promise
    await super.replace(path, text)
  }
}

test('what is kept is read by the next process', async () => {
  const files = new MemoryFiles()
  const book = await read(files)
  book.keep([entry('a'), entry('b')])
  await book.settled()
  expect((await read(files)).entries).toEqual([entry('a'), entry('b')])
})

test('while one write is under way the changes behind it become one more, of the last', async () => {
  const files = new SlowFiles()
  const book = await read(files)
  for (const names of ['a', 'ab', 'abc']) book.keep([...names].map(entry))
  expect(files.writes).toHaveLength(1)
  const settled = book.settled()
  files.writes[0]!.done.resolve()
  while (files.writes.length < 2) await Promise.resolve()
  files.writes[1]!.done.resolve()
  await settled
  expect(files.writes).toHaveLength(2)
  expect((await read(files)).entries).toEqual([...'abc'].map(entry))
})

test('the same again is not written', async () => {
  const files = new SlowFiles()
  const book = await read(files)
  book.keep([entry('a')])
  files.writes[0]!.done.resolve()
  await book.settled()
  book.keep([entry('a')])
  await book.settled()
  expect(files.writes).toHaveLength(1)
})

test('a write that failed is told, and the next change is written', async () => {
  const files = new SlowFiles()
  const failed: unknown[] = []
  const book = new AddressBook(files, 'peers', (fault) => failed.push(fault))
  await book.open()
  book.keep([entry('a')])
  files.writes[0]!.done.reject(
    new Fault('file-unwritable', 'Cannot write: the disk is full', { hint: 'Wait.' }),
  )
  await book.settled()
  expect(book.entries).toEqual([entry('a')])
  expect(failed).toMatchObject([{ code: 'file-unwritable' }])
  book.keep([entry('b')])
  files.writes[1]!.done.resolve()
  await book.settled()
  expect((await read(files)).entries).toEqual([entry('b')])
})

test('what is no entry is left out, and a book that is none is empty', async () => {
  const files = new MemoryFiles()
  await files.replace(
    'peers',
    JSON.stringify([entry('a'), null, { peer: 1 }, { ...entry('b'), addresses: [1, 'x'] }]),
  )
  expect((await read(files)).entries).toEqual([entry('a'), { ...entry('b'), addresses: ['x'] }])
  for (const text of ['{', '"a"', 'null']) {
    await files.replace('peers', text)
    expect((await read(files)).entries).toEqual([])
  }
})

test('of too many the last are forgotten', async () => {
  const book = await read(new MemoryFiles())
  book.keep(Array.from({ length: bookPeersMax + 1 }, (_, index) => entry(`n${index}`)))
  await book.settled()
  expect([book.entries.length, book.entries.at(-1)?.peer]).toEqual([bookPeersMax, `n${bookPeersMax - 1}`])
})
