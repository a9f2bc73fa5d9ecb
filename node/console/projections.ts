// The command projections: a line for each, and the state of one.
import { answering, table } from './command.ts'
import { projections as verb } from '../verbs/projections.ts'
import { tableLines } from './columns.ts'
import { valueText } from './value.ts'
import type { AnyCommand } from './command.ts'
import type { Column } from './columns.ts'
import type { ProjectionLine } from '../verbs/projections.ts'

const columns: readonly Column<ProjectionLine>[] = [
  { title: 'NAME', field: 'name', tint: 'strong' },
  { title: 'STATUS', field: 'status' },
  { title: 'POSITION', field: 'position', align: 'right' },
  { title: 'LAG', field: 'lag', align: 'right' },
  { title: 'APPLIED', field: 'applied', align: 'right' },
  { title: 'SKIPPED', field: 'skipped', align: 'right' },
  { title: 'FAULT', field: 'fault', tint: 'bad' },
]

export const projections: AnyCommand = answering(verb, {
  table: table((data) => data.projections, columns),
  print: ({ projections: rows, state }, style) => {
    if (rows.length === 0)
      return style.paint('faint', 'No projections; a program starts them with node.project.')
    const shown = state === undefined ? [] : [valueText(state, style)]
    return [...tableLines(rows, columns, style), ...shown].join('\n')
  },
})
