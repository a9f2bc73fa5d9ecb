// A byte reader: takes numbers and bytes one after the other, within bounds; what does not fit is unreadable from then on.

/** Bytes of the longest number: 2^53 - 1 has eight. */
const numberBytesMax = 8

/**
 * It never throws and never reads behind the end: after the first thing that does not fit everything is 0 or empty, and `isGood` is false.
 * So a parser reads to its end and asks once.
 */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0
  #isGood = true

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isGood(): boolean {
    return this.#isGood
  }

  /** Whether everything was read, and nothing was wrong. */
  get isDone(): boolean {
    return this.#isGood && this.#at === this.#bytes.length
  }

  get at(): number {
    return this.#at
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  /** Says that what was read cannot be. */
  refuse(): void {
    this.#isGood = false
  }

  byte(max = 0xff): number {
    if (!this.#has(1)) return 0
    const value = this.#bytes[this.#at++] ?? 0
    if (value <= max) return value
    this.#isGood = false
    return 0
  }

  flag(): boolean {
    return this.byte(1) === 1
  }

  number(max: number = Number.MAX_SAFE_INTEGER): number {
    let value = 0
    let scale = 1
    for (let i = 0; i < numberBytesMax; i++) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      scale *= 0x80
      if (byte >= 0x80) continue
      if (value <= max && Number.isSafeInteger(value) && this.#isGood) return value
      break
    }
    this.#isGood = false
    return 0
  }

  uint32(): number {
    if (!this.#has(4)) return 0
    const value = this.#view.getUint32(this.#at, true)
    this.#at += 4
    return value
  }

  float(): number {
    if (!this.#has(8)) return 0
    const value = this.#view.getFloat64(this.#at, true)
    this.#at += 8
    if (Number.isFinite(value)) return value
    this.#isGood = false
    return 0
  }

  /** A view into what is read, not a copy. */
  raw(length: number): Uint8Array {
    if (!this.#has(length)) return new Uint8Array(0)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  bytes(max: number): Uint8Array {
    return this.raw(this.number(max))
  }

  numbers(max: number): number[] {
    const count = this.number(max)
    const values: number[] = []
    for (let i = 0; i < count && this.#isGood; i++) values.push(this.number())
    return values
  }

  /** What was read from a place up to here, as a view. */
  since(from: number): Uint8Array {
    return this.#bytes.subarray(from, this.#at)
  }

  #has(length: number): boolean {
    if (this.#isGood && length <= this.left) return true
    this.#isGood = false
    return false
  }
}
