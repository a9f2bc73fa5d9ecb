// Tests of columns: a table fits where it goes, and hostile cells break nothing.
import { expect, test } from 'vitest'
import { tableLines } from '../../../node/console/columns.ts'
import { Style } from '../../../node/console/style.ts'
import type { Column } from '../../../node/console/columns.ts'

interface Row {
  readonly name: string
  readonly count: number | null
}

const columns: readonly Column<Row>[] = [
  { title: 'NAME', field: 'name', tint: 'strong' },
  { title: 'COUNT', field: 'count', align: 'right' },
]
const style = (isTerminal: boolean, columnCount = 80): Style =>
  new Style({ env: { LANG: 'C.UTF-8' }, isTerminal, columns: columnCount, color: false })

test('columns are as wide as their widest cell, numbers stand right', () => {
  const rows: Row[] = [
    { name: 'a', count: 5 },
    { name: 'longer', count: 12_345 },
    { name: 'b', count: null },
  ]
  expect(tableLines(rows, columns, style(false))).toEqual([
    'NAME    COUNT',
    'a           5',
    'longer  12345',
    'b',
  ])
  expect(tableLines([], columns, style(false))).toEqual([])
})

test('on a terminal no line is wider than it, elsewhere lines are whole', () => {
  const rows: Row[] = [{ name: 'x'.repeat(50), count: 1 }]
  for (const line of tableLines(rows, columns, style(true, 20))) expect(line.length).toBeLessThanOrEqual(20)
  expect(tableLines(rows, columns, style(true, 20))[1]).toBe(`${'x'.repeat(19)}…`)
  expect(tableLines(rows, columns, style(false))[1]).toHaveLength(57)
  for (const line of tableLines(rows, columns, style(true, 30), 4))
    expect(line.length).toBeLessThanOrEqual(26)
})

test('a cell with controls, marks and ends of line stays one harmless line', () => {
  const [, line] = tableLines([{ name: '\u001B[31m\u202Ea\nb', count: 1 }], columns, style(false))
  expect(line).toBe(String.raw`\u{001b}[31m\u{202e}a\nb      1`)
})

test('colour does not count as width', () => {
  const colored = new Style({ env: { LANG: 'C.UTF-8' }, isTerminal: true, columns: 20, color: true })
  const plain = tableLines([{ name: 'x'.repeat(30), count: 1 }], columns, style(true, 20))
  const painted = tableLines([{ name: 'x'.repeat(30), count: 1 }], columns, colored)
  expect(painted.map((line) => line.replaceAll(/.\[\d+m/g, ''))).toEqual(plain)
  expect(painted[1]).not.toBe(plain[1])
})
