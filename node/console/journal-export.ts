// The command journal export: writes the journal into a file of lines of JSON.
import { archiveOf } from '../verbs/archive-of.ts'
import { exportJournal } from '../journal/journal-export.ts'
import { file, option, text } from '../verbs/parameter.ts'
import { own } from './command.ts'
import { countText } from './count-text.ts'
import { sizeText } from './size-text.ts'
import type { Exported } from '../journal/journal-export.ts'
import type { Signature } from '../verbs/verb.ts'
import type { AnyCommand, View } from './command.ts'

export interface JournalExportInput {
  readonly file: string
  readonly actor: string | undefined
}

export const journalExportSignature: Signature<JournalExportInput> = {
  name: 'journal export',
  summary:
    'Writes all records of the journal into a new file, one line of JSON for each, so that "journal import" brings them back.',
  details:
    'What is appended meanwhile is not in it. How far projections have come is left out: positions are those of this journal; ' +
    'they begin anew elsewhere.',
  risk: 'medium',
  role: 'admin',
  parameters: {
    file: file('a file that is not there yet'),
    actor: option(text('only these: * stands for any part of a segment, ** for any segments')),
  },
  examples: ['journal export ./backup.ndjson', `journal export ./bank.ndjson --actor 'bank/**'`],
}

export const journalExportView: View<Exported> = {
  print: ({ records, bytes, file: path }, style) =>
    `${style.paint('good', `${style.characters.ok} ${countText(records, 'record')}`)}, ${sizeText(bytes)} in ${style.safe(path, 300)}`,
}

export const journalExport: AnyCommand = own<JournalExportInput, Exported>(
  {
    ...journalExportSignature,
    run: ({ node, durableDisk }, { file: path, actor }, context) =>
      exportJournal(
        archiveOf(node, 'export the journal'),
        durableDisk,
        { file: path, actors: actor },
        context,
      ),
  },
  journalExportView,
)
