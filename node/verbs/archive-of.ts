// The archive of a node: its journal as the verbs see it that look after it.
import { Fault } from '../../runtime/fault.ts'
import { refAt } from '../../runtime/ref.ts'
import type { Ref } from '../../runtime/actor.ts'
import type { Archive } from '../journal/archive.ts'
import type { Ground } from './ground.ts'

/** A node, as far as verbs of the journal need one: they run in the main thread. */
type Keeper = Ground & { find?(path: string): Ref | undefined }

/** @throws {Fault} `journal-missing` */
export function archiveOf(ground: Keeper, attempt: string): Archive {
  const { host } = ground.runtime
  const { durability } = host
  if (durability === undefined) throw journalMissing(attempt)
  return {
    journal: durability.journal,
    codec: durability.codec,
    upkeep: ground.journalUpkeep,
    clock: host.clock,
    node: ground.name,
    cluster: undefined,
    refAt: (path) => refAt(host, path),
    isAlive: (path) => (ground.find === undefined ? host.cellAt(path) : ground.find(path)) !== undefined,
  }
}

function journalMissing(attempt: string): Fault {
  return new Fault('journal-missing', `Cannot ${attempt}: the node has no journal`, {
    hint: 'Start it with --journal FOLDER, or with the option `journal`.',
  })
}
