// The command cluster simulate-partition: what would come of a cut.
import { answering, table } from './command.ts'
import { simulate as verb } from '../verbs/simulate-partition.ts'
import { tableLines } from './columns.ts'
import type { AnyCommand } from './command.ts'
import type { Column } from './columns.ts'
import type { SimulatedNode } from '../verbs/simulate-partition.ts'

const columns: readonly Column<SimulatedNode>[] = [
  { title: 'NODE', field: 'node', tint: 'strong' },
  { title: 'SIDE', field: 'side', align: 'right' },
  { title: 'FATE', field: 'fate' },
  { title: 'GAINS', field: 'gains', align: 'right' },
]

export const simulate: AnyCommand = answering(verb, {
  table: table((data) => data.nodes, columns),
  print: ({ nodes, lines }, style) =>
    [
      ...tableLines(nodes, columns, style),
      '',
      ...lines.map((line) => style.safe(line, 500)),
      style.paint('faint', 'Nothing was cut.'),
    ].join('\n'),
})
