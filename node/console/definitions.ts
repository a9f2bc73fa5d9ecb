// The command definitions: what can be spawned.
import { definitions as verb } from '../verbs/definitions.ts'
import { tableLines } from './columns.ts'
import { withNode } from './actor-columns.ts'
import { answering, table } from './command.ts'
import type { Kind } from '../verbs/definitions.ts'
import type { Column } from './columns.ts'
import type { AnyCommand } from './command.ts'

const columns: readonly Column<Kind>[] = [
  { title: 'NAME', field: 'name', tint: 'strong' },
  { title: 'VERSION', field: 'version', align: 'right' },
  { title: 'MESSAGES', field: 'messages', text: ({ messages }) => messages.join(' ') },
  { title: 'FILE', field: 'source', text: ({ source }) => decodeURI(source.replace(/^file:\/\//, '')) },
]

export const definitions: AnyCommand = answering(verb, {
  table: table((data) => data.definitions, columns),
  print: (data, style) =>
    data.definitions.length === 0
      ? style.paint('faint', 'No definitions. Load a file with "load FILE".')
      : tableLines(data.definitions, withNode(columns, data.definitions), style).join('\n'),
})
