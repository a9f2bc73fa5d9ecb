// journal compact: drops what the journal has and nobody needs any more.
import { Fault } from '../../runtime/fault.ts'
import { archiveOf } from './archive-of.ts'
import { inMain } from './where.ts'
import type { Archive } from '../journal/archive.ts'
import type { CompactReport, JournalUpkeep } from '../journal/upkeep.ts'
import type { MainVerb, VerbContext } from './verb.ts'

/** It takes nothing. */
export type JournalCompactInput = Readonly<Record<string, never>>

export const journalCompact: MainVerb<JournalCompactInput, CompactReport> = {
  name: 'journal compact',
  summary:
    'Gives back the room of records that nobody needs any more: those of actors that are forgotten, or before kept snapshots.',
  risk: 'high',
  role: 'admin',
  answers: 'once',
  parameters: {},
  examples: ['journal compact'],
  where: () => inMain,
  run: (node, _input, context) => compactJournal(archiveOf(node, 'compact the journal'), context),
}

/** The same on any journal. @throws {Fault} `upkeep-missing` */
export async function compactJournal(
  archive: Archive,
  { signal, progress }: VerbContext,
): Promise<CompactReport> {
  const upkeep = upkeepOf(archive, 'compact the journal')
  return await upkeep.compact({ signal, ...(progress === undefined ? {} : { progress }) })
}

/** @throws {Fault} `upkeep-missing` */
export function upkeepOf({ upkeep }: Archive, attempt: string): JournalUpkeep {
  if (upkeep !== undefined) return upkeep
  throw new Fault('upkeep-missing', `Cannot ${attempt}: it is one that is kept in memory`, {
    hint: 'Start the node with --journal FOLDER to have a journal of files.',
  })
}
