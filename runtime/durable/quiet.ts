// Quiet: whether an actor may be put to sleep as far as its journal and its letters are concerned.
import { committing } from '../cell-flags.ts'
import type { Cell } from '../cell.ts'

/**
 * Nothing is owed: no record is under way, all letters have arrived and that is written, everybody knows what was handled. Durable timers
 * keep nobody awake: whoever wakes actors looks at when they are due.
 */
export function isQuiet(cell: Cell): boolean {
  if ((cell.flags & committing) !== 0) return false
  const rare = cell.rareIfAny
  return rare === undefined || ((rare.inbox?.isQuiet ?? true) && (rare.durable?.isQuiet ?? true))
}
