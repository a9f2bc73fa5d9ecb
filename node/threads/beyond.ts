// Beyond: what a node asks about roots that live in other nodes, and says about its own. A contract; a node alone has none.
import type { Exit } from '../../runtime/exit.ts'
import type { Home } from '../../transports/link/record.ts'
import type { SpawnOrder } from './spawn-order.ts'
import type { HomeEntry } from './homes.ts'

/** The room for moves between the threads of one node within one epoch of the cluster. */
export const threadEpochs: number = 2 ** 20

export interface Beyond {
  /**
   * Says in which other node a path leads to somebody, as a number below zero; undefined where nobody in the cluster has it, or where this
   * node has it after all. At once or later.
   */
  resolve(path: string, answer: (home: Home | undefined) => void): void
  /** The epoch since which this node has the entities of a path's shard. */
  epochOf(path: string): number
  /** Whether an entity is to be woken in this node. */
  keeps(path: string): boolean
  /**
   * Makes a name this node's; the root is not started before.
   * @returns the epoch of its home
   * @throws {Fault} `name-taken` `place-split` `council-unreachable`
   */
  claim(order: Omit<SpawnOrder, 'epoch'>): Promise<number>
  /** A root of this node has ended, or was not started after all. */
  released(entry: HomeEntry): void
  /** Whether a root whose node was lost lives on, or will. */
  outlives(path: string): boolean
  /** Somebody who lives in another node is to hear of an end. Says whether anybody knows where. */
  tellEnd(watcher: string, path: string, exit: Exit): boolean
}
