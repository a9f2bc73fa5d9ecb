// A memory stream's queue: what waits in a pipe, first in, first out, without moving the rest for each that leaves.

/** Places that may be empty at the front before the rest is moved up. */
export const emptyPlacesMax = 1_024

export class PipeQueue<T> {
  #entries: (T | undefined)[] = []
  #first = 0

  get length(): number {
    return this.#entries.length - this.#first
  }

  get first(): T | undefined {
    return this.#entries[this.#first]
  }

  push(entry: T): void {
    this.#entries.push(entry)
  }

  shift(): void {
    this.#entries[this.#first] = undefined
    this.#first++
    const isEmpty = this.#first === this.#entries.length
    if (!isEmpty && (this.#first < emptyPlacesMax || this.#first * 2 < this.#entries.length)) return
    this.#entries = this.#entries.slice(this.#first)
    this.#first = 0
  }

  clear(): void {
    this.#entries = []
    this.#first = 0
  }
}
