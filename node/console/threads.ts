// The command threads: a line for each thread of the node.
import { threads as verb } from '../verbs/threads.ts'
import { tableLines } from './columns.ts'
import { withNode } from './actor-columns.ts'
import { answering, table } from './command.ts'
import { timeText } from './time-text.ts'
import type { ThreadLine } from '../verbs/threads.ts'
import type { Column } from './columns.ts'
import type { AnyCommand } from './command.ts'

const columns: readonly Column<ThreadLine>[] = [
  { title: 'SLOT', field: 'slot', align: 'right', tint: 'strong' },
  { title: 'ID', field: 'id', align: 'right' },
  { title: 'STATUS', field: 'status' },
  { title: 'ROOTS', field: 'roots', align: 'right' },
  { title: 'ACTORS', field: 'actors', align: 'right' },
  {
    title: 'LOAD',
    field: 'loadShare',
    align: 'right',
    text: ({ loadShare }) => (loadShare === null ? '' : `${Math.round(loadShare * 100)} %`),
  },
  {
    title: 'CPU',
    field: 'cpuMs',
    align: 'right',
    text: ({ cpuMs }) => (cpuMs === null ? '' : timeText(cpuMs)),
  },
  {
    title: 'HEAP MIB',
    field: 'heapMiB',
    align: 'right',
    text: ({ heapMiB }) => (heapMiB === null ? '' : heapMiB.toFixed(1)),
  },
  {
    title: 'READY',
    field: 'readyMs',
    align: 'right',
    text: ({ readyMs }) => (readyMs === null ? '' : timeText(readyMs)),
  },
  { title: 'REPLACED', field: 'replaced', align: 'right' },
]

export const threads: AnyCommand = answering(verb, {
  table: table((data) => data.threads, columns),
  print: (data, style) => {
    const lines = tableLines(data.threads, withNode(columns, data.threads), style)
    const isAlone = data.threads.length === 1
    const hint = 'All actors live in the main thread; "troupe --threads 2" starts two more.'
    return [...lines, ...(isAlone ? [style.paint('faint', hint)] : [])].join('\n')
  },
})
