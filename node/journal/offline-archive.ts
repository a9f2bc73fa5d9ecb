// An offline archive: the journal of a folder, opened by whoever looks after it while its node does not run.
import { BodyCodec } from './commit-codec.ts'
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { openJournal } from './open-journal.ts'
import { readIdentity } from './log/identity-file.ts'
import { refAt } from '../../runtime/ref.ts'
import { Runtime } from '../../runtime/runtime.ts'
import { Tree } from '../../supervisors/tree.ts'
import type { Archive } from './archive.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { DiskJournal } from './disk-journal.ts'
import type { DurableDisk } from '../../runtime/disk.ts'
import type { LogIdentity } from './log/segment-header.ts'
import type { Random } from '../../runtime/random.ts'
import type { Table } from './table.ts'

/** What opening needs of the world. */
export interface OfflineParts {
  readonly disk: DurableDisk
  readonly table: (folder: string) => Promise<Table>
  readonly clock: Clock
  readonly random: Random
}

export interface OfflineRequest {
  /** An absolute path. */
  readonly folder: string
  /** Whose a journal becomes that is made where there is none; undefined if none is to be made. */
  readonly makeFor: LogIdentity | undefined
  readonly progress?: ((done: number, all: number) => void) | undefined
}

export interface OfflineArchive extends Archive {
  readonly upkeep: DiskJournal
  close(): Promise<void>
}

/** @throws {Fault} `journal-missing` and those of `openJournal` */
export async function openOfflineArchive(
  parts: OfflineParts,
  { folder, makeFor, progress }: OfflineRequest,
): Promise<OfflineArchive> {
  const { disk, table, clock, random } = parts
  const known = await identityOf(disk, folder)
  const identity = known ?? makeFor
  if (identity === undefined) throw nothingThere(folder)
  const journal = await openJournal({ disk, table, folder, identity, clock, progress })
  // Nobody lives in it: it is what refs in payloads belong to.
  const { host } = new Runtime({ name: identity.node, clock, random, supervision: new Tree() })
  const toRef = (path: string): unknown => refAt(host, path)
  return {
    journal,
    codec: new BodyCodec(toRef),
    upkeep: journal,
    clock,
    node: identity.node,
    cluster: identity.cluster,
    refAt: toRef,
    isAlive: () => false,
    close: () => journal.close(),
  }
}

/** Whose journal is there; a folder that is not empty and does not say it is left to the opening, which refuses it. */
async function identityOf(disk: DurableDisk, folder: string): Promise<LogIdentity | undefined> {
  const names = await namesIn(disk, folder)
  if (names.length === 0) return undefined
  const identity = await readIdentity(disk, folder)
  const hasSegments = names.some((name) => name.endsWith('.log') || name === 'log/')
  return identity ?? (hasSegments ? { cluster: '', node: '' } : undefined)
}

async function namesIn(disk: DurableDisk, folder: string): Promise<readonly string[]> {
  try {
    return await disk.names(folder)
  } catch (error) {
    if (Fault.is(error) && error.details?.['trouble'] === 'missing') return []
    throw error
  }
}

function nothingThere(folder: string): Fault {
  return new Fault(
    'journal-missing',
    `Cannot open the journal in "${escapeText(folder, 300)}": there is none`,
    {
      hint: 'Name the folder that the node was given with --journal.',
    },
  )
}
