// The command journal import: brings back what an export has written.
import { archiveOf } from '../verbs/archive-of.ts'
import { importJournal } from '../journal/journal-import.ts'
import { file } from '../verbs/parameter.ts'
import { own } from './command.ts'
import { countText } from './count-text.ts'
import type { Imported } from '../journal/journal-import.ts'
import type { Signature } from '../verbs/verb.ts'
import type { AnyCommand, View } from './command.ts'

export interface JournalImportInput {
  readonly file: string
}

export const journalImportSignature: Signature<JournalImportInput> = {
  name: 'journal import',
  summary:
    'Adds the records of an export to the journal, for actors that have none, or only the first of those in the file.',
  details:
    'The file is checked as a whole before anything is added. An import that broke off can be run again, and goes on where it was. ' +
    'Actors whose first records were dropped before the export begin with record 1.',
  risk: 'high',
  role: 'admin',
  parameters: { file: file('what "journal export" has written') },
  examples: ['journal import ./backup.ndjson'],
}

export const journalImportView: View<Imported> = {
  counts: 'bytes',
  print({ records, present, loose, actors, renumbered }, style) {
    return [
      `${style.paint('good', `${style.characters.ok} ${countText(records, 'record')}`)} of ${countText(actors, 'actor')}`,
      ...(present === 0 ? [] : [`${present} there already`]),
      ...(renumbered === 0 ? [] : [`${countText(renumbered, 'actor')} with other numbers than in the file`]),
      ...(loose === 0 ? [] : [`${countText(loose, 'record')} left out that nothing lies before`]),
    ].join(', ')
  },
}

export const journalImport: AnyCommand = own<JournalImportInput, Imported>(
  {
    ...journalImportSignature,
    run: ({ node, durableDisk }, { file: path }, context) =>
      importJournal(archiveOf(node, 'import into the journal'), durableDisk, path, context),
  },
  journalImportView,
)
