// Before sleep: what has to be safe of an actor before it is put to sleep, and what is done for that.
import { isQuiet } from '../../runtime/durable/quiet.ts'
import { snapshotOnSleepMin } from '../../runtime/durable/durable-life.ts'
import type { Cell } from '../../runtime/cell.ts'

/** How the actors of a runtime are made safe. */
export interface SleepCare {
  /** Whether nothing of it is under way to where it is kept. */
  isQuiet(cell: Cell): boolean
  /** Makes it safe; undefined if there is nothing to wait for. A rejection keeps the actor awake. */
  beforeSleep(cell: Cell): Promise<void> | undefined
}

/**
 * What is kept is kept already, by commits; whoever has something under way stays awake. A snapshot spares the next life the way from the
 * last one; it is appended before the life ends, and nobody waits for it.
 */
export const defaultCare: SleepCare = {
  isQuiet,
  beforeSleep(cell) {
    cell.rareIfAny?.durable?.snapshot(snapshotOnSleepMin)
    return undefined
  },
}
