// A ground: what a verb stands on: the part of a node that is in one thread.
import { Roads } from '../../transports/link/roads.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Definitions } from '../definitions.ts'
import type { JournalUpkeep } from '../journal/upkeep.ts'
import type { Operator } from '../operator.ts'
import type { Projections } from '../projections/projections.ts'

/** A `Node` is the ground of its main thread. */
export interface Ground {
  readonly name: string
  readonly runtime: Runtime
  readonly definitions: Definitions
  readonly operator: Operator
  /** What reads the journal; in the main thread alone. */
  readonly projections?: Projections
  /** What can be done to the journal as a whole; undefined where it has no files, and in other threads. */
  readonly journalUpkeep?: JournalUpkeep | undefined
}

/** Whether somebody may live at a path, in whatever thread: of one below a root elsewhere only the root is known. */
export async function livesSomewhere({ runtime }: Ground, path: string): Promise<boolean> {
  if (runtime.cellAt(path) !== undefined) return true
  const { elsewhere } = runtime.host
  if (!(elsewhere instanceof Roads)) return false
  return await new Promise((resolve) => elsewhere.resolve(path, (home) => resolve(home !== undefined)))
}
