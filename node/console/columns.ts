// Columns: a table for people, whose every column is a field of the data.
import type { Style, Tint } from './style.ts'

/** One column of rows of type `R`. */
export interface Column<R> {
  readonly title: string
  /** The field of the row that it shows. */
  readonly field: keyof R & string
  readonly align?: 'right'
  readonly tint?: Tint
  /** How the field is written; default as text. */
  text?(row: R, style: Style): string
}

/** A cell before it is painted: its width counts. */
const gap = '  '
/** Characters of one cell. */
const cellMax = 120

/**
 * Lays rows out under their titles. On a terminal a line ends where the terminal does; elsewhere it is whole.
 * @param indent columns that the caller will put in front of each line
 * @returns lines without an end of line; none if there are no rows
 */
export function tableLines<R>(
  rows: readonly R[],
  columns: readonly Column<R>[],
  style: Style,
  indent: number = 0,
): string[] {
  if (rows.length === 0) return []
  const cells = rows.map((row) => columns.map((column) => cellText(row, column, style)))
  const widths = columns.map(({ title }, at) =>
    cells.reduce((widest, row) => Math.max(widest, row[at]?.length ?? 0), title.length),
  )
  const max = style.isTerminal ? style.columns - indent : Infinity
  const lay = (texts: readonly string[], tints: readonly (Tint | undefined)[]): string => {
    let line = ''
    let used = 0
    for (const [at, text] of texts.entries()) {
      const isLast = at === texts.length - 1
      const width = widths[at] ?? 0
      const padded =
        columns[at]?.align === 'right' ? text.padStart(width) : isLast ? text : text.padEnd(width)
      const whole = at === 0 ? padded : `${gap}${padded}`
      const room = max - used
      if (room <= 0) break
      const shown =
        whole.length > room ? `${whole.slice(0, Math.max(0, room - 1))}${style.isUnicode ? '…' : '.'}` : whole
      used += shown.length
      const tint = tints[at]
      line += tint === undefined ? shown : style.paint(tint, shown)
    }
    return line.trimEnd()
  }
  const titles = lay(
    columns.map(({ title }) => title),
    columns.map(() => 'faint' as const),
  )
  return [
    titles,
    ...cells.map((row) =>
      lay(
        row,
        columns.map(({ tint }) => tint),
      ),
    ),
  ]
}

function cellText<R>(row: R, column: Column<R>, style: Style): string {
  if (column.text !== undefined) return style.safe(column.text(row, style), cellMax)
  const value: unknown = row[column.field]
  if (typeof value === 'string') return style.safe(value, cellMax)
  return value === null || value === undefined ? '' : style.safe(JSON.stringify(value), cellMax)
}
