// A talk sketch: who talks to whom the most, in bounded memory. After Metwally, Agrawal and El Abbadi's Space-Saving.

/** Pairs that are remembered; the heaviest talkers of a node are far fewer. */
const talkPairsMax = 1_000

/** One pair; the true weight lies between `weight - errorMax` and `weight`. */
export interface Talk {
  readonly from: string
  readonly to: string
  readonly weight: number
  readonly errorMax: number
}

interface Pair {
  readonly key: string
  readonly from: string
  readonly to: string
  weight: number
  errorMax: number
  index: number
}

/**
 * Counts pairs of paths. A new pair takes the place of the lightest and inherits its weight as its error, so a pair that has more than one
 * part in `talkPairsMax` of all weight is always among the remembered. A noted pair costs a lookup and a few swaps.
 */
export class TalkSketch {
  readonly #pairs = new Map<string, Pair>()
  /** A binary heap with the lightest pair first. */
  readonly #heap: Pair[] = []
  readonly #pairsMax: number

  /** @param pairsMax how many pairs are remembered, at least 1 */
  constructor(pairsMax: number = talkPairsMax) {
    this.#pairsMax = pairsMax
  }

  /** Pairs that are remembered now. */
  get count(): number {
    return this.#heap.length
  }

  /** @param weight messages, more than 0; anything else is not noted */
  note(from: string, to: string, weight: number): void {
    if (!(weight > 0) || weight === Infinity) return
    // No path has a space in it.
    const key = `${from} ${to}`
    const known = this.#pairs.get(key)
    if (known !== undefined) {
      known.weight += weight
      this.#sink(known.index)
      return
    }
    const lightest = this.#heap[0]
    if (lightest === undefined || this.#heap.length < this.#pairsMax) {
      this.#add({ key, from, to, weight, errorMax: 0, index: this.#heap.length })
      return
    }
    this.#pairs.delete(lightest.key)
    const errorMax = lightest.weight
    const pair: Pair = { key, from, to, weight: errorMax + weight, errorMax, index: 0 }
    this.#pairs.set(key, pair)
    this.#heap[0] = pair
    this.#sink(0)
  }

  /** The heaviest pairs, the first one first; equals by their paths. A new list. */
  top(count: number): Talk[] {
    return this.#heap
      .toSorted((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1))
      .slice(0, count)
      .map(({ from, to, weight, errorMax }) => ({ from, to, weight, errorMax }))
  }

  /** Halves all weights, so that what was said lately counts more; forgets pairs that weigh less than 1. */
  decay(): void {
    const kept = this.#heap.splice(0)
    this.#pairs.clear()
    for (const pair of kept) {
      const [weight, errorMax] = [pair.weight / 2, pair.errorMax / 2]
      if (weight >= 1) this.#add({ ...pair, weight, errorMax, index: this.#heap.length })
    }
  }

  /** Forgets all pairs of an actor that has gone. */
  forget(path: string): void {
    const kept = this.#heap.splice(0)
    this.#pairs.clear()
    for (const pair of kept)
      if (pair.from !== path && pair.to !== path) this.#add({ ...pair, index: this.#heap.length })
  }

  #add(pair: Pair): void {
    this.#pairs.set(pair.key, pair)
    this.#heap.push(pair)
    let { index } = pair
    while (index > 0) {
      const above = (index - 1) >> 1
      if (!this.#isLighter(index, above)) return
      this.#swap(index, above)
      index = above
    }
  }

  #sink(from: number): void {
    for (let index = from; ;) {
      const left = index * 2 + 1
      if (left >= this.#heap.length) return
      const right = left + 1
      const lighter = right < this.#heap.length && this.#isLighter(right, left) ? right : left
      if (!this.#isLighter(lighter, index)) return
      this.#swap(index, lighter)
      index = lighter
    }
  }

  #isLighter(index: number, than: number): boolean {
    return this.#at(index).weight < this.#at(than).weight
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#at(a), this.#at(b)]
    this.#heap[a] = other
    this.#heap[b] = one
    other.index = a
    one.index = b
  }

  #at(index: number): Pair {
    // All callers stay below the heap's length.
    return this.#heap[index] as Pair
  }
}
