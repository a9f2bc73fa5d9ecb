// The contract of a table: what every one of them does, LevelDB's or the one in memory.
import { expect, test } from 'vitest'
import type { Table, TableEntry, TableRange } from '../../node/journal/table.ts'

export interface OpenTable {
  readonly table: Table
  /** The same one as the next process finds it, after this one was closed. */
  reopen(): Promise<Table>
  end(): Promise<void>
}

/** @param open gives an empty table, which nobody else uses */
export function testTable(open: () => Promise<OpenTable>): void {
  const given = (sentence: string, body: (table: Table, opened: OpenTable) => Promise<void>): void => {
    test(sentence, async () => {
      const opened = await open()
      try {
        await body(opened.table, opened)
      } finally {
        await opened.end()
      }
    })
  }

  given('a key has the value that it was given last, others have none', async (table) => {
    await table.write([[bytes('a'), bytes('1')]])
    await table.write([
      [bytes('a'), bytes('2')],
      [bytes(''), bytes('')],
    ])
    expect(text(await table.get(bytes('a')))).toBe('2')
    expect(text(await table.get(bytes('')))).toBe('')
    expect(await table.get(bytes('b'))).toBeUndefined()
  })

  given('many keys are answered in the order they were asked for', async (table) => {
    await table.write([
      [bytes('a'), bytes('1')],
      [bytes('c'), bytes('3')],
    ])
    const values = await table.getMany([bytes('c'), bytes('b'), bytes('a'), bytes('c')])
    expect(values.map(text)).toEqual(['3', undefined, '1', '3'])
    expect(await table.getMany([])).toEqual([])
  })

  given('the later change of a key in one batch is the one that counts', async (table) => {
    await table.write([
      [bytes('a'), bytes('1')],
      [bytes('a'), undefined],
      [bytes('b'), undefined],
      [bytes('b'), bytes('2')],
    ])
    expect(await all(table, {})).toEqual(['b=2'])
  })

  given('a range is in the order of bytes, bounded as it was asked for', async (table) => {
    const keys = [[0], [0, 0], [0, 255], [1], [127], [128], [255], [255, 0]]
    await table.write(keys.toReversed().map((key) => [Uint8Array.from(key), bytes('v')]))
    const found = async (range: TableRange): Promise<number[][]> =>
      (await entries(table, range)).map(([key]) => [...key])
    expect(await found({})).toEqual(keys)
    expect(await found({ reverse: true })).toEqual(keys.toReversed())
    expect(await found({ gt: Uint8Array.of(0), lt: Uint8Array.of(128) })).toEqual([
      [0, 0],
      [0, 255],
      [1],
      [127],
    ])
    expect(await found({ gte: Uint8Array.of(0, 255), lte: Uint8Array.of(127) })).toEqual([
      [0, 255],
      [1],
      [127],
    ])
    expect(await found({ lte: Uint8Array.of(1), reverse: true, limit: 2 })).toEqual([[1], [0, 255]])
    expect(await found({ gt: Uint8Array.of(2), limit: 1 })).toEqual([[127]])
    expect(await found({ gt: Uint8Array.of(255, 0) })).toEqual([])
    expect(await found({ gt: Uint8Array.of(9), lt: Uint8Array.of(3) })).toEqual([])
  })

  given('a range is as it was when it was begun to be read, whatever is written meanwhile', async (table) => {
    const keys = Array.from({ length: 3_000 }, (_, index) => bytes(String(index).padStart(5, '0')))
    await table.write(keys.map((key) => [key, key]))
    const seen: string[] = []
    for await (const chunk of table.range({})) {
      if (seen.length === 0) await table.write(keys.map((key) => [key, undefined]))
      seen.push(...chunk.map(([key]) => text(key) ?? ''))
    }
    expect(seen).toEqual(keys.map(text))
    expect(await all(table, {})).toEqual([])
  })

  given('clearing takes away what is in the range and nothing else', async (table) => {
    await table.write(['a', 'b', 'c', 'd'].map((key) => [bytes(key), bytes('1')]))
    await table.clear({ gte: bytes('b'), lt: bytes('d') })
    expect(await all(table, {})).toEqual(['a=1', 'd=1'])
    await table.clear({})
    expect(await all(table, {})).toEqual([])
  })

  given('what was written is there when the table is opened again', async (table, { reopen }) => {
    await table.write([[bytes('a'), bytes('1')]])
    await table.close()
    expect(await all(await reopen(), {})).toEqual(['a=1'])
  })
}

async function entries(table: Table, range: TableRange): Promise<TableEntry[]> {
  const found: TableEntry[] = []
  for await (const chunk of table.range(range)) {
    expect(chunk.length).toBeGreaterThan(0)
    found.push(...chunk)
  }
  return found
}

async function all(table: Table, range: TableRange): Promise<string[]> {
  return (await entries(table, range)).map(([key, value]) => `${text(key)}=${text(value)}`)
}

function bytes(value: string): Uint8Array {
  return Buffer.from(value)
}

function text(value: Uint8Array | undefined): string | undefined {
  return value === undefined ? undefined : Buffer.from(value).toString()
}
