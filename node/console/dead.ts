// The command dead: the messages that were not handled.
import { dead as verb } from '../verbs/dead.ts'
import { tableLines } from './columns.ts'
import { withNode } from './actor-columns.ts'
import { answering, table } from './command.ts'
import { dayTime } from './time-text.ts'
import { valueLine } from './value.ts'
import type { Dead } from '../verbs/dead.ts'
import type { Letter } from '../verbs/letter.ts'
import type { Column } from './columns.ts'
import type { AnyCommand } from './command.ts'
import type { Style } from './style.ts'

/** Also for what `why` tells. */
export const letterColumns: readonly Column<Letter>[] = [
  { title: 'ID', field: 'id', align: 'right' },
  { title: 'AT', field: 'at', text: ({ at }) => dayTime(at) },
  { title: 'REASON', field: 'reason', tint: 'bad' },
  { title: 'PATH', field: 'path', tint: 'strong' },
  { title: 'MESSAGE', field: 'message' },
  {
    title: 'PAYLOAD',
    field: 'payload',
    text: ({ payload }, style) => (payload === null ? '' : valueLine(payload, style, 30)),
  },
  { title: 'FROM', field: 'from' },
  { title: 'FAULT', field: 'fault' },
]

export const dead: AnyCommand = answering(verb, {
  table: table(({ letters }) => letters, letterColumns),
  print(data, style) {
    const { letters, replayed, kept } = data
    if (replayed.length > 0) return `${replayed.length} sent again`
    const left = kept - letters.length
    const more =
      left === 0
        ? []
        : [style.paint('faint', `${style.characters.more} ${left} older; see them with --limit`)]
    return [
      summaryOf(data, style),
      ...more,
      ...tableLines(letters, withNode(letterColumns, letters), style),
    ].join('\n')
  },
})

function summaryOf({ total, reasons }: Dead, style: Style): string {
  const counts = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
  if (total === 0) return style.paint('good', `${style.characters.ok} no dead letters`)
  return `${total} dead letter${total === 1 ? '' : 's'} since the start: ${counts.join(', ')}`
}
