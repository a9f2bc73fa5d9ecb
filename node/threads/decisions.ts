// Decisions: one shared word for each move under way; whoever changes it from open first has decided, and everybody can read how.

/** Moves that may be under way at once in one node. */
export const movesMax = 4_096

const open = 0
const committed = 1
const aborted = 2

/** Where the numbers of moves begin anew: number and decision share a word. */
const numberMax = 2 ** 28

/** Atomic in all threads, and readable after the thread that decided has died. */
export class Decisions {
  readonly words: Int32Array
  readonly #free: number[] = []
  #last = 0

  /** @param words shared by all threads of a node; of the main thread's making if left out */
  constructor(words?: Int32Array) {
    this.words = words ?? new Int32Array(new SharedArrayBuffer(movesMax * Int32Array.BYTES_PER_ELEMENT))
    if (words === undefined) for (let slot = movesMax - 1; slot >= 0; slot--) this.#free.push(slot)
  }

  /** Words that are open, in the thread that gives them out. */
  get underWay(): number {
    return movesMax - this.#free.length
  }

  /** Opens a word; undefined if as many moves are under way as may be. */
  begin(): { readonly slot: number; readonly number: number } | undefined {
    const slot = this.#free.pop()
    if (slot === undefined) return undefined
    this.#last = (this.#last + 1) % numberMax
    Atomics.store(this.words, slot, wordOf(this.#last, open))
    return { slot, number: this.#last }
  }

  /** The word is not needed any more. */
  end({ slot }: { readonly slot: number }): void {
    this.#free.push(slot)
  }

  /** Decides that the root lives in its new home; false if the move was aborted before. */
  commit({ slot, number }: { readonly slot: number; readonly number: number }): boolean {
    const before = wordOf(number, open)
    return Atomics.compareExchange(this.words, slot, before, wordOf(number, committed)) === before
  }

  /** Decides that the root stays, unless the move was committed before; says which of the two holds. */
  abort(move: { readonly slot: number; readonly number: number }): 'committed' | 'aborted' {
    const { slot, number } = move
    Atomics.compareExchange(this.words, slot, wordOf(number, open), wordOf(number, aborted))
    return Atomics.load(this.words, slot) === wordOf(number, committed) ? 'committed' : 'aborted'
  }
}

function wordOf(number: number, decision: number): number {
  return (number << 2) | decision
}
