// A table of shards: which member has which part of all keys, and who has to let go of it first.
import { shardCount } from '../placement/shard-of.ts'
import { shareShards } from '../placement/shard-shares.ts'
import type { Shard } from './cluster-facts.ts'
import type { ShardMark } from './command.ts'

export class ShardTable {
  #shards: readonly Shard[] = Array.from({ length: shardCount }, (_, shard) => ({
    shard,
    owner: 0,
    epoch: 0,
    from: 0,
  }))

  all(): readonly Shard[] {
    return this.#shards
  }

  /**
   * Spreads the shards anew.
   * @param members who may own · @param isLiving whether a member could still have what it had
   * @returns the shards that are not as they were
   */
  share(members: readonly number[], isLiving: (member: number) => boolean): Shard[] {
    const owners = shareShards(
      this.#shards.map(({ owner }) => owner),
      members,
    )
    return this.#replace((shard) => {
      const owner = owners[shard.shard] ?? 0
      // Who has not let go of it yet has it, also if it was promised to somebody in between.
      const holder = shard.from === 0 ? shard.owner : shard.from
      const isOwn = holder === owner || !isLiving(holder)
      const from = owner === shard.owner && isLiving(shard.from) ? shard.from : isOwn ? 0 : holder
      if (owner === shard.owner && from === shard.from) return shard
      return { ...shard, owner, from, epoch: owner === shard.owner ? shard.epoch : shard.epoch + 1 }
    })
  }

  /** A member has let go of shards: their owners may begin. @returns the shards that are not as they were */
  shed(member: number, marks: readonly ShardMark[]): Shard[] {
    const epochs = new Map(marks.map(({ shard, epoch }) => [shard, epoch]))
    return this.#replace((shard) =>
      shard.from === member && epochs.get(shard.shard) === shard.epoch ? { ...shard, from: 0 } : shard,
    )
  }

  /** @param shards all of them, by number */
  fill(shards: readonly Shard[]): void {
    this.#shards = shards
  }

  #replace(next: (shard: Shard) => Shard): Shard[] {
    const before = this.#shards
    this.#shards = before.map(next)
    return this.#shards.filter((shard, index) => shard !== before[index])
  }
}
