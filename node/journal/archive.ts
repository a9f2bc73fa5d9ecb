// An archive: a journal as those see it who look after it, on a live node or without one.
import type { Clock } from '../../runtime/clock.ts'
import type { CommitCodec } from '../../runtime/commit.ts'
import type { Journal } from '../../runtime/journal.ts'
import type { JournalUpkeep } from './upkeep.ts'

export interface Archive {
  readonly journal: Journal
  readonly codec: CommitCodec
  /** Undefined of a journal that needs none, as one in memory. */
  readonly upkeep: JournalUpkeep | undefined
  readonly clock: Clock
  readonly node: string | undefined
  readonly cluster: string | undefined
  /** Makes a ref of a path. */
  readonly refAt: (path: string) => unknown
  /** Whether somebody lives at a path and may append. */
  isAlive(path: string): boolean
}
