// A guide: who knows where the roots live, and who watches whom.
import type { Watcher } from '../../runtime/elsewhere.ts'
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Home } from './record.ts'

export interface Guide {
  /** Says where a path leads, at once or later; undefined where no root's path is a beginning of it. */
  resolve(path: string, answer: (home: Home | undefined) => void): void
  /**
   * The same for a message, which wakes whoever sleeps under the path; or the reason why that cannot be. While there is no room for one
   * more the answer takes up to `waitMs`. Absent where nobody sleeps.
   */
  awaken?(path: string, waitMs: number, answer: (found: Home | DeadReason | undefined) => void): void
  watch(path: string, watcher: Watcher): () => void
  ended(path: string, exit: Exit): void
}
