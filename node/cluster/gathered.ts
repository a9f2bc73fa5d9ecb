// The gathered: what a stream has brought so far, in memory that doubles as it fills: whoever sends byte by byte costs no more than others.

const beginBytes = 512

export class Gathered {
  #memory = new Uint8Array(beginBytes)
  #used = 0

  /** @returns all so far, as a view that is good until the next piece */
  add(piece: Uint8Array): Uint8Array {
    const needed = this.#used + piece.byteLength
    if (needed > this.#memory.byteLength) {
      const larger = new Uint8Array(Math.max(needed, this.#memory.byteLength * 2))
      larger.set(this.#memory.subarray(0, this.#used))
      this.#memory = larger
    }
    this.#memory.set(piece, this.#used)
    this.#used = needed
    return this.#memory.subarray(0, needed)
  }
}
