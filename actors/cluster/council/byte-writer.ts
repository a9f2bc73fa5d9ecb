// A byte writer: puts numbers and bytes one after the other into a buffer that grows.

const startBytes = 256
const twoTo32 = 2 ** 32

export class ByteWriter {
  #bytes = new Uint8Array(startBytes)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  byte(value: number): this {
    this.#room(1)
    this.#bytes[this.#length++] = value
    return this
  }

  /** A whole number from 0 to 2^53 - 1, seven bits a byte, the lowest first. */
  number(value: number): this {
    this.#room(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
    return this
  }

  uint32(value: number): this {
    this.#room(4)
    this.#view.setUint32(this.#length, value % twoTo32, true)
    this.#length += 4
    return this
  }

  /** A time: any number, as it is. */
  float(value: number): this {
    this.#room(8)
    this.#view.setFloat64(this.#length, value, true)
    this.#length += 8
    return this
  }

  /** Bytes as they are; the reader has to know how many. */
  raw(bytes: Uint8Array): this {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
    return this
  }

  /** Bytes behind their length. */
  bytes(bytes: Uint8Array): this {
    return this.number(bytes.length).raw(bytes)
  }

  /** Whole numbers behind their count. */
  numbers(values: readonly number[]): this {
    this.number(values.length)
    for (const value of values) this.number(value)
    return this
  }

  /** What was written, as the caller's own; nothing more may be written. */
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #room(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}
