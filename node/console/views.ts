// The command views: who has come and gone.
import { answering, table } from './command.ts'
import { dayTime } from './time-text.ts'
import { happeningText } from './happening-text.ts'
import { rootsText } from './why-node.ts'
import { tableLines } from './columns.ts'
import { views as verb } from '../verbs/views.ts'
import type { AnyCommand } from './command.ts'
import type { Column } from './columns.ts'
import type { EndedLine } from '../verbs/ended-line.ts'

const columns: readonly Column<EndedLine>[] = [
  { title: 'AT', field: 'at', text: ({ at }) => dayTime(at) },
  { title: 'VIEW', field: 'view', align: 'right' },
  { title: 'NODE', field: 'node', tint: 'strong' },
  { title: 'MEMBER', field: 'number', align: 'right' },
  { title: 'END', field: 'end' },
  { title: 'BY', field: 'by' },
  { title: 'ROOTS', field: 'rehomed', text: rootsText },
  { title: 'WHY', field: 'why' },
]

export const views: AnyCommand = answering(verb, {
  table: table((data) => data.ended, columns),
  print({ view, ended, events }, style) {
    const ends =
      ended.length === 0
        ? [style.paint('faint', 'No member has ended yet.')]
        : tableLines(ended, columns, style)
    const seen =
      events.length === 0
        ? []
        : [
            '',
            style.paint('faint', 'Seen by this node'),
            ...events.map((event) => happeningText(event, style)),
          ]
    return [`view ${view}`, ...ends, ...seen].join('\n')
  },
})
