// The view of a balancing: each move with its reason and what became of it.
import { tableLines } from './columns.ts'
import { table } from './command.ts'
import { timeText } from './time-text.ts'
import type { Balanced, BalanceMove } from '../verbs/balancing.ts'
import type { Column } from './columns.ts'
import type { View } from './command.ts'
import type { Style } from './style.ts'

const columns: readonly Column<BalanceMove>[] = [
  { title: 'PATH', field: 'path', tint: 'strong' },
  { title: 'FROM', field: 'from', align: 'right' },
  { title: 'TO', field: 'to', align: 'right' },
  { title: 'OUTCOME', field: 'outcome' },
  {
    title: 'PAUSE',
    field: 'pausedMs',
    align: 'right',
    text: ({ pausedMs }) => (pausedMs === null ? '' : timeText(pausedMs)),
  },
  { title: 'WHY', field: 'why' },
]

export const balanceView: View<Balanced> = {
  table: table(({ moves }) => moves, columns),
  isNo: ({ moves }) => moves.some(({ outcome }) => outcome === 'refused'),
  print(data, style) {
    const { moves, overMs, roots, imbalanceBefore } = data
    const measured = `measured for ${timeText(overMs)}: ${roots} root${roots === 1 ? '' : 's'}`
    if (moves.length === 0) return `nothing to move; ${measured}, threads ${percent(imbalanceBefore)} apart`
    const refused = moves.flatMap(({ fault }) => (fault === null ? [] : [faultLine(fault, style)]))
    return [`${measured}; ${apartText(data)}`, ...tableLines(moves, columns, style), ...refused].join('\n')
  },
}

/** How far the busiest and the idlest thread are apart. */
function apartText({ imbalanceBefore, imbalanceAfter, moves }: Balanced): string {
  const isPlan = moves.every(({ outcome }) => outcome === 'planned')
  return `threads ${percent(imbalanceBefore)} apart, ${percent(imbalanceAfter)} ${isPlan ? 'if these moved' : 'by the same measure now'}`
}

function faultLine(
  { code, message }: { readonly code: string; readonly message: string },
  style: Style,
): string {
  return `${style.paint('bad', style.safe(code))}: ${style.safe(message, 500)}`
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
