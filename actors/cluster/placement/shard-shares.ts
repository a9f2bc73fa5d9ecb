// Shares of shards: who has which part of all keys. A decision: as even as can be, with as few shards moved as that allows.

/**
 * Gives each shard an owner.
 * @param owners by shard; 0 is nobody
 * @param members who may own, each once
 * @returns the owners, by shard; 0 only if nobody may
 */
export function shareShards(owners: readonly number[], members: readonly number[]): number[] {
  if (members.length === 0) return owners.map(() => 0)
  const quotas = quotasOf(owners, members)
  const kept = owners.map((owner) => {
    const quota = quotas.get(owner) ?? 0
    if (quota === 0) return 0
    quotas.set(owner, quota - 1)
    return owner
  })
  const open = [...quotas].toSorted(([a], [b]) => a - b)
  return kept.map((owner) => {
    if (owner !== 0) return owner
    while (open[0]?.[1] === 0) open.shift()
    const next = open[0]
    if (next === undefined) return 0
    next[1]--
    return next[0]
  })
}

/** How many each may have. Who has most now may have the one more that some must have, so that it need not give it away. */
function quotasOf(owners: readonly number[], members: readonly number[]): Map<number, number> {
  const counts = new Map(members.map((member) => [member, 0]))
  for (const owner of owners) {
    const count = counts.get(owner)
    if (count !== undefined) counts.set(owner, count + 1)
  }
  const least = Math.floor(owners.length / members.length)
  const more = owners.length % members.length
  const ranked = [...counts].toSorted(([a, countA], [b, countB]) => countB - countA || a - b)
  return new Map(ranked.map(([member], rank) => [member, rank < more ? least + 1 : least]))
}
