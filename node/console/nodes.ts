// The command nodes: a line for each member of the cluster.
import { answering, table } from './command.ts'
import { nodes as verb } from '../verbs/nodes.ts'
import { tableLines } from './columns.ts'
import { timeText } from './time-text.ts'
import type { AnyCommand } from './command.ts'
import type { Column } from './columns.ts'
import type { NodeLine } from '../verbs/nodes.ts'
import type { Style } from './style.ts'

const columns: readonly Column<NodeLine>[] = [
  { title: 'NODE', field: 'name', tint: 'strong' },
  { title: 'MEMBER', field: 'number', align: 'right' },
  { title: 'KIND', field: 'kind' },
  { title: 'STATUS', field: 'status', text: statusText },
  { title: 'COUNCIL', field: 'council' },
  { title: 'LINK', field: 'link' },
  {
    title: 'RTT',
    field: 'rttMs',
    align: 'right',
    text: ({ rttMs, link }) => (rttMs === null || link === 'self' ? '' : timeText(rttMs)),
  },
  { title: 'ROOTS', field: 'roots', align: 'right' },
  { title: 'ACTORS', field: 'actors', align: 'right' },
  { title: 'KNOWS', field: 'definitions', align: 'right' },
  { title: 'LABELS', field: 'labels', text: ({ labels }) => labels.join(' ') },
  { title: 'ADDRESS', field: 'addresses', text: ({ addresses }) => addresses[0] ?? '' },
]

export const nodes: AnyCommand = answering(verb, {
  table: table((data) => data.nodes, columns),
  print: ({ cluster, view, nodes: all }, style) =>
    [
      `${style.paint('strong', style.safe(cluster, 120))}  ${all.length} node${all.length === 1 ? '' : 's'}, view ${view}`,
      ...tableLines(all, columns, style),
    ].join('\n'),
})

/** `● up`, `‖ up, frozen`, `● up, suspected`. */
function statusText({ status, isFrozen, isSuspected }: NodeLine, { characters }: Style): string {
  const sign =
    isFrozen === true
      ? characters.status.suspended
      : characters.status[status === 'up' ? 'running' : status === 'joining' ? 'starting' : 'stopping']
  const marks = [isFrozen === true ? 'frozen' : '', isSuspected ? 'suspected' : ''].filter(
    (mark) => mark !== '',
  )
  return [`${sign} ${status}`, ...marks].join(', ')
}
