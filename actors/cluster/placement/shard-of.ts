// The shard of a path: which part of all keys an entity belongs to. The same for good and to all: a change would wake entities twice.

/** Parts of all keys. */
export const shardCount = 256

/** After Fowler, Noll and Vo (FNV-1a), with the stirring of MurmurHash3 behind it: the low bits alone would follow the last letters. */
export function shardOf(path: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < path.length; index++)
    hash = Math.imul(hash ^ path.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) % shardCount
}
