// A growing buffer: takes bytes up to an announced length, and memory only as they come.

/** Memory that is taken at once on somebody's word. */
export const trustedBytesMax = 262_144

export class Growing {
  readonly #length: number
  #bytes: Uint8Array<ArrayBuffer>
  #used = 0

  /** @param memory to begin with, if it is large enough for all; else it takes its own */
  constructor(length: number, memory?: Uint8Array<ArrayBuffer>) {
    this.#length = length
    const isEnough = memory !== undefined && memory.byteLength >= length
    this.#bytes = isEnough ? memory : new Uint8Array(Math.min(length, trustedBytesMax))
  }

  get left(): number {
    return this.#length - this.#used
  }

  /** No more bytes than are left. */
  put(bytes: Uint8Array): void {
    const needed = this.#used + bytes.byteLength
    if (needed > this.#bytes.byteLength) {
      const grown = Math.min(this.#length, Math.max(needed, this.#bytes.byteLength * 2))
      this.#bytes = new Uint8Array(this.#bytes.buffer.transfer(grown))
    }
    this.#bytes.set(bytes, this.#used)
    this.#used = needed
  }

  /** All of them; a view of the memory it was given, or a whole buffer of its own. */
  done(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length)
  }
}
