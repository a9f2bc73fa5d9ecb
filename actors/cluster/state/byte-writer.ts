// A writer of bytes: whole numbers, numbers, texts and bytes, one after the other, each in one way only.

const startBytes = 256

export class ByteWriter {
  #bytes: Buffer = Buffer.allocUnsafe(startBytes)
  #length = 0

  /** A whole number from 0 to 2^53 - 1: seven bits a byte, the lowest first. */
  whole(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0)
      throw new Error(`${value} is no whole number from 0 to 2^53 - 1`)
    this.#reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#bytes[this.#length++] = rest
  }

  /** Eight bytes of a double. */
  number(value: number): void {
    this.#reserve(8)
    this.#length = this.#bytes.writeDoubleBE(value, this.#length)
  }

  /** ASCII, with its length before it. */
  ascii(text: string): void {
    this.whole(text.length)
    this.#reserve(text.length)
    this.#length += this.#bytes.write(text, this.#length, 'latin1')
  }

  /** UTF-8, with its length before it. */
  text(text: string): void {
    const bytes = Buffer.byteLength(text)
    this.whole(bytes)
    this.#reserve(bytes)
    this.#length += this.#bytes.write(text, this.#length)
  }

  /** Bytes, with their number before them. */
  bytes(value: Uint8Array): void {
    this.whole(value.byteLength)
    this.#reserve(value.byteLength)
    this.#bytes.set(value, this.#length)
    this.#length += value.byteLength
  }

  /** What was written, as bytes of their own. */
  end(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.#length))
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.byteLength) return
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.byteLength * 2, this.#length + bytes))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
