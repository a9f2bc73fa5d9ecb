// The command entities: a line for each entity definition.
import { entities as verb } from '../verbs/entities.ts'
import { tableLines } from './columns.ts'
import { withNode } from './actor-columns.ts'
import { answering, table } from './command.ts'
import { timeText } from './time-text.ts'
import type { EntityLine } from '../verbs/entities.ts'
import type { Column } from './columns.ts'
import type { AnyCommand } from './command.ts'

const columns: readonly Column<EntityLine>[] = [
  { title: 'NAME', field: 'definition', tint: 'strong' },
  { title: 'AWAKE', field: 'resident', align: 'right' },
  { title: 'MAX', field: 'residentMax', align: 'right' },
  { title: 'SLEEPS AFTER', field: 'idleMs', align: 'right', text: ({ idleMs }) => timeText(idleMs) },
  { title: 'WOKEN', field: 'activated', align: 'right' },
  { title: 'SLEPT', field: 'passivated', align: 'right' },
  { title: 'FOR ROOM', field: 'evicted', align: 'right' },
  { title: 'FAILED', field: 'failed', align: 'right' },
  { title: 'FULL', field: 'refusedFull', align: 'right' },
  { title: 'COOLING', field: 'refusedCooling', align: 'right' },
  {
    title: 'KEPT AWAKE BY',
    field: 'keptAwake',
    text: ({ keptAwake }) =>
      Object.entries(keptAwake)
        .map(([reason, count]) => `${reason} ${count}`)
        .join(', '),
  },
]

export const entities: AnyCommand = answering(verb, {
  table: table((data) => data.entities, columns),
  print: (data, style) => {
    if (data.entities.length === 0)
      return style.paint('faint', 'No entities. A program declares them with node.entities(definition).')
    const waiting = data.waiting === 0 ? '' : `, ${data.waiting} offers wait`
    const sum = `${data.resident} of ${data.residentMax} awake${waiting}`
    return [
      ...tableLines(data.entities, withNode(columns, data.entities), style),
      style.paint('faint', sum),
    ].join('\n')
  },
})
