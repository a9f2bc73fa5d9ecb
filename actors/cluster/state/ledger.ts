// A ledger: all that the cluster agrees on, and what the command that is being applied has changed of it.
import { HomeTable } from './home-table.ts'
import { Roster } from './roster.ts'
import { ShardTable } from './shard-table.ts'
import type { ClusterChange } from './change.ts'
import type { Lease } from './cluster-facts.ts'
import type { Ended } from './decision.ts'

export class Ledger {
  readonly roster: Roster = new Roster()
  readonly homes: HomeTable = new HomeTable()
  readonly shards: ShardTable = new ShardTable()
  readonly leases: Map<string, Lease> = new Map()
  readonly settings: Map<string, string> = new Map()
  readonly revoked: Set<string> = new Set()
  /** The last members that have ended, the oldest first. */
  ended: readonly Ended[] = []
  #changes: ClusterChange[] = []

  /** Notes what has changed, in the order in which it did. */
  note(change: ClusterChange): void {
    this.#changes.push(change)
  }

  /** What has changed since this was asked last. */
  takeChanges(): readonly ClusterChange[] {
    const changes = this.#changes
    this.#changes = []
    return changes
  }
}
