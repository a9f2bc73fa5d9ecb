// The shards of a node: entities of those that another node is to have are put to sleep here, and then the other node is told that it may begin.
import { batchMax } from '../../actors/cluster/state/command.ts'
import { shardOf } from '../../actors/cluster/placement/shard-of.ts'
import type { Answer } from '../../actors/cluster/state/answer.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { ClusterFacts, Shard } from '../../actors/cluster/state/cluster-facts.ts'
import type { Command } from '../../actors/cluster/state/command.ts'

/** Between two looks whether all entities of a shard sleep, in milliseconds. */
export const lullRetryMs = 50
/** How long an entity may go on that does not sleep by itself, because it is watched, waits or works; then it is stopped. */
export const lullMsMax = 2_000

export interface ShardParts {
  readonly clock: Clock
  facts(): ClusterFacts
  /** This node's number; 0 while it is no member. */
  member(): number
  propose(command: Command): Promise<Answer>
  /** The entities that this node has now, awake or about to be. */
  entities(): Iterable<string>
  /** Puts those to sleep that may; resolves once it is known of each. */
  lull(shards: readonly number[]): Promise<void>
  /** Ends one that does not sleep. */
  stop(path: string): void
}

export class Shards {
  readonly #parts: ShardParts
  #isShedding = false
  #isClosed = false

  constructor(parts: ShardParts) {
    this.#parts = parts
  }

  /** The table has changed: some may have to go. */
  changed(): void {
    if (this.#isShedding || this.#isClosed) return
    this.#isShedding = true
    // Not while the change is being applied.
    this.#parts.clock.later(() => void this.#shedAll())
  }

  close(): void {
    this.#isClosed = true
  }

  async #shedAll(): Promise<void> {
    const { clock } = this.#parts
    const since = new Map<number, number>()
    for (let due = this.#due(); due.length > 0 && !this.#isClosed; due = this.#due()) {
      for (const { shard } of due) if (!since.has(shard)) since.set(shard, clock.now())
      const isLate = ({ shard }: Shard): boolean => clock.now() - (since.get(shard) ?? 0) >= lullMsMax
      await this.#lull(due, isLate)
      const awake = this.#awake(due)
      const empty = due.filter(({ shard }) => !awake.has(shard))
      if (!(await this.#shed(empty)) || awake.size > 0) await this.#pause()
    }
    this.#isShedding = false
  }

  #due(): Shard[] {
    const { facts, member } = this.#parts
    const own = member()
    return own === 0
      ? []
      : facts()
          .shards()
          .filter(({ from }) => from === own)
  }

  async #lull(due: readonly Shard[], isLate: (shard: Shard) => boolean): Promise<void> {
    const { entities, lull, stop } = this.#parts
    const shards = due.map(({ shard }) => shard)
    if (this.#awake(due).size === 0) return
    await lull(shards)
    const late = new Set(due.filter(isLate).map(({ shard }) => shard))
    for (const path of entities()) if (late.has(shardOf(path))) stop(path)
  }

  #awake(due: readonly Shard[]): Set<number> {
    const shards = new Set(due.map(({ shard }) => shard))
    return new Set([...this.#parts.entities()].map(shardOf).filter((shard) => shards.has(shard)))
  }

  /** @returns whether the others know, and there is no need to wait before the next look */
  async #shed(shards: readonly Shard[]): Promise<boolean> {
    if (shards.length === 0) return false
    const marks = shards.slice(0, batchMax).map(({ shard, epoch }) => ({ shard, epoch }))
    try {
      const answer = await this.#parts.propose({ type: 'shed', member: this.#parts.member(), shards: marks })
      // This node's own copy may be behind the answer.
      return answer.type === 'counted' && this.#due().length === 0
    } catch {
      return false
    }
  }

  #pause(): Promise<void> {
    const { clock } = this.#parts
    return new Promise((resolve) => clock.alarm(clock.now() + lullRetryMs, resolve))
  }
}
