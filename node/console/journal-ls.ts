// The command journal ls: a line for each actor that has records.
import { journalLs as verb } from '../verbs/journal-ls.ts'
import { tableLines } from './columns.ts'
import { answering, table } from './command.ts'
import type { Kept, KeptList } from '../verbs/journal-ls.ts'
import type { Column } from './columns.ts'
import type { AnyCommand, View } from './command.ts'

const columns: readonly Column<Kept>[] = [
  { title: 'PATH', field: 'path', tint: 'strong' },
  { title: 'FIRST', field: 'firstSeq', align: 'right' },
  { title: 'LAST', field: 'seq', align: 'right' },
  { title: 'EPOCH', field: 'epoch', align: 'right' },
  { title: 'AT', field: 'at' },
  { title: 'SNAPSHOT', field: 'snapshotSeq', align: 'right' },
  { title: 'WAKE', field: 'wake' },
  { title: 'ENDED', field: 'isEnded', text: ({ isEnded }) => (isEnded ? 'yes' : '') },
]

export const journalLsView: View<KeptList> = {
  table: table(({ actors }) => actors, columns),
  print({ actors, after }, style) {
    const more =
      after === null
        ? []
        : [
            style.paint(
              'faint',
              `${style.characters.more} there may be more; go on with --after ${style.safe(after, 600)}`,
            ),
          ]
    if (actors.length === 0 && after === null)
      return style.paint('faint', 'No actor of that kind has records.')
    return [...tableLines(actors, columns, style), ...more].join('\n')
  },
}

export const journalLs: AnyCommand = answering(verb, journalLsView)
