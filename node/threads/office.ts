// An office: what the main thread does for all runtimes of the node, its own included.
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Home } from '../../transports/link/record.ts'
import type { FarWatcher } from './watch-broker.ts'

export interface Office {
  /** Says where a path leads, at once or later; undefined where no root's path is a beginning of it. */
  resolve(path: string, answer: (home: Home | undefined) => void): void
  /** Says where an entity lives from now on, or why it cannot be woken, within `waitMs` if too many are awake; undefined where nobody lives. */
  awaken(path: string, waitMs: number, answer: (found: Home | DeadReason | undefined) => void): void
  watch(path: string, watcher: FarWatcher): void
  unwatch(path: string, watcher: FarWatcher): void
  /** Somebody whose end was to be reported has ended. */
  ended(path: string, exit: Exit): void
  /** An actor, wherever it lives, is to hear of the end of the one at the path. */
  tellEnd(watcher: string, path: string, exit: Exit): void
  /** A root has its place. */
  placed(top: string): void
  /** A root has ended. */
  gone(home: Home, exit: Exit): void
}
