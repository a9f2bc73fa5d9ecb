// An awakener: gives a life to whoever sleeps under a path, so that a message for it finds somebody. A contract.
import type { DeadReason } from './dead-letters.ts'

/** `C` is what a runtime keeps of one actor. */
export interface Awakener<C> {
  /**
   * Who lives at a path from now on; why nobody can; undefined where nobody sleeps under it. Runs the code of the actor's start, and never
   * throws.
   */
  awaken(path: string): C | DeadReason | undefined
  /**
   * The same for whoever may wait until there is room: calls `found` once somebody is awake; callers are served in order.
   * @returns what `found` did, once that has ended
   * @throws {Fault} `entities-full` `entity-cooling` `offers-full` `actor-unknown`
   */
  awakenLater(path: string, timeoutMs: number, found: (awake: C) => Promise<void>): Promise<void>
}
