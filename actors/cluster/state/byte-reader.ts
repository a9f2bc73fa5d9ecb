// A reader of bytes: takes what a writer has written, and nothing that could have been written in another way. It trusts none of it.

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export class ByteReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at
  }

  whole(): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.#bytes[this.#at++]
      if (byte === undefined) throw new Error('it ends in a number')
      value += (byte & 0x7f) * scale
      if (byte < 0x80) {
        if (byte === 0 && scale > 1) throw new Error('a number is longer than it has to be')
        if (value > Number.MAX_SAFE_INTEGER) throw new Error('a number is beyond 2^53 - 1')
        return value
      }
      scale *= 0x80
      if (scale >= 2 ** 56) throw new Error('a number is beyond 2^53 - 1')
    }
  }

  number(): number {
    const at = this.#take(8)
    return this.#bytes.readDoubleBE(at)
  }

  /** Each byte as a character; whoever asks checks that they are ASCII. */
  ascii(bytesMax: number): string {
    const [begin, end] = this.#span(bytesMax)
    return this.#bytes.toString('latin1', begin, end)
  }

  text(bytesMax: number): string {
    const [begin, end] = this.#span(bytesMax)
    return utf8.decode(this.#bytes.subarray(begin, end))
  }

  /** A copy. */
  bytes(bytesMax: number): Uint8Array {
    const [begin, end] = this.#span(bytesMax)
    return new Uint8Array(this.#bytes.subarray(begin, end))
  }

  #span(bytesMax: number): readonly [begin: number, end: number] {
    const bytes = this.whole()
    if (bytes > bytesMax) throw new Error(`${bytes} bytes where ${bytesMax} are allowed`)
    const begin = this.#take(bytes)
    return [begin, begin + bytes]
  }

  #take(bytes: number): number {
    if (bytes > this.left) throw new Error(`it ends ${bytes - this.left} bytes too soon`)
    const at = this.#at
    this.#at += bytes
    return at
  }
}
