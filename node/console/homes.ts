// The command homes: a line for each named root of the cluster.
import { answering, table } from './command.ts'
import { homes as verb } from '../verbs/homes.ts'
import { tableLines } from './columns.ts'
import type { AnyCommand } from './command.ts'
import type { Column } from './columns.ts'
import type { HomeLine } from '../verbs/homes.ts'

const columns: readonly Column<HomeLine>[] = [
  { title: 'PATH', field: 'path', tint: 'strong' },
  { title: 'NODE', field: 'node', text: nodeText },
  { title: 'EPOCH', field: 'epoch', align: 'right' },
  { title: 'ON LOSS', field: 'onLoss' },
  { title: 'DEFINITION', field: 'definition' },
]

export const homes: AnyCommand = answering(verb, {
  table: table((data) => data.homes, columns),
  print({ homes: all, total }, style) {
    if (all.length === 0) return style.paint('faint', 'No homes. A root that is spawned with a name has one.')
    const left = total - all.length
    const more = style.paint(
      'faint',
      `${style.characters.more} ${left} more; see them with --limit or a pattern`,
    )
    return [...tableLines(all, columns, style), ...(left === 0 ? [] : [more])].join('\n')
  },
})

/** `b`, `b (starts)`, `nobody, waits for b`. */
function nodeText({ node, member, isSettled, onLoss, lastNode }: HomeLine): string {
  if (member === 0) return onLoss === 'wait' ? `nobody, waits for ${lastNode}` : 'nobody yet'
  return isSettled ? node : `${node} (starts)`
}
