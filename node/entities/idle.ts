// Idleness: what of a cell is looked at before its actor is put to sleep.
import { traced } from '../../runtime/cell-flags.ts'
import type { Cell } from '../../runtime/cell.ts'
import type { SleepFacts } from './may-sleep.ts'

/** @param isQuiet whether nothing of it is under way to where it is kept */
export function sleepFactsOf(cell: Cell, isQuiet: (cell: Cell) => boolean): SleepFacts {
  const { flags, host, mailbox, signals } = cell
  const rare = cell.rareIfAny
  return {
    // Traced is no state of its own; any other flag says that something goes on.
    isBusy: (flags & ~traced) !== 0 || host.current?.to === cell || host.supervision.isActing(cell),
    hasMail: !mailbox.isEmpty || signals !== undefined || (rare?.offers?.size ?? 0) > 0,
    children: cell.childCount,
    timers: rare?.timers?.size ?? 0,
    stashed: rare?.stash?.length ?? 0,
    watchers: rare?.watchers?.size ?? 0,
    watching: (rare?.watching?.size ?? 0) + (rare?.watchingFar?.size ?? 0),
    accepted: cell.accepted,
    isUnsaved: !isQuiet(cell),
  }
}
