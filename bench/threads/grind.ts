// Grinding: work that needs a core and nothing else.

/** Jobs of one message each that one actor does, some ten microseconds long. */
export const grindJobs = 20_000

const rounds = 8_000

/** @returns a number that depends on all of the work, so that none of it can be left out */
export function grind(seed: number): number {
  let value = seed | 1
  for (let i = 0; i < rounds; i++) {
    // After Marsaglia's xorshift.
    value ^= value << 13
    value ^= value >>> 17
    value ^= value << 5
  }
  return value
}
