// Chance: where random numbers come from. A contract, and the seeded source that makes a run repeatable.
import { invariant } from './invariant.ts'

export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number

  /** A whole number from 0 up to, not including, `limit`, each equally likely. @param limit 1 to 2^53 - 1 */
  integer(limit: number): number

  /**
   * A source of its own, told apart by the label. It depends on the seed and the label alone: one more draw here does not change what
   * is drawn there. The same label gives the same source again.
   */
  fork(label: string): Random
}

/** Makes a source whose numbers follow from the seed, on every machine. Not for secrets. A number seeds as its decimal text does. */
export function seededRandom(seed: string | number): Random {
  return new SeededRandom(hashKey(String(seed), rootKey))
}

type Key = readonly [number, number, number, number]

/** The fractions of the square roots of 2, 3, 5 and 7: numbers with nothing up their sleeve. */
const rootKey: Key = [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a]
const twoTo32 = 2 ** 32
const twoTo53 = 2 ** 53

/** The generator xoshiro128** of Blackman and Vigna: four words of state, a period of 2^128 - 1. */
class SeededRandom implements Random {
  readonly #key: Key
  #a: number
  #b: number
  #c: number
  #d: number

  constructor(key: Key) {
    this.#key = key
    this.#a = key[0]
    this.#b = key[1]
    this.#c = key[2]
    // A state of nothing but zeros would stay so.
    this.#d = (key[0] | key[1] | key[2] | key[3]) === 0 ? 1 : key[3]
  }

  next(): number {
    return this.#next53() / twoTo53
  }

  integer(limit: number): number {
    invariant(
      Number.isSafeInteger(limit) && limit >= 1,
      'A random integer was wanted below a limit that is not 1 to 2^53 - 1',
    )
    const isWide = limit > twoTo32
    const range = isWide ? twoTo53 : twoTo32
    // Draws beyond the last whole multiple of the limit are thrown away: with them the small numbers would come more often.
    const end = range - (range % limit)
    for (;;) {
      const drawn = isWide ? this.#next53() : this.#next32()
      if (drawn < end) return drawn % limit
    }
  }

  fork(label: string): Random {
    return new SeededRandom(hashKey(label, this.#key))
  }

  #next53(): number {
    const high = this.#next32() >>> 5
    return high * 2 ** 26 + (this.#next32() >>> 6)
  }

  #next32(): number {
    const drawn = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0
    const shifted = this.#b << 9
    this.#c ^= this.#a
    this.#d ^= this.#b
    this.#b ^= this.#c
    this.#a ^= this.#d
    this.#c ^= shifted
    this.#d = rotate(this.#d, 11)
    return drawn
  }
}

/** Hashes a text under a key: four lanes after MurmurHash3, each with its own start, each stirred to the end. */
function hashKey(text: string, key: Key): Key {
  return [
    hash(text, key[0]),
    hash(text, key[1] ^ rotate(key[0], 8)),
    hash(text, key[2] ^ rotate(key[1], 16)),
    hash(text, key[3] ^ rotate(key[2], 24)),
  ]
}

function hash(text: string, start: number): number {
  let h = start
  for (let i = 0; i < text.length; i++) {
    h ^= Math.imul(rotate(Math.imul(text.charCodeAt(i), 0xcc9e2d51), 15), 0x1b873593)
    h = (Math.imul(rotate(h, 13), 5) + 0xe6546b64) | 0
  }
  h ^= text.length
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) | 0
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
