// The content of a file in memory: bytes that many disks may share until one of them writes.

/** The least memory that is taken when it grows. */
const grownBytesMin = 512

export class DiskContent {
  #bytes: Uint8Array
  #length: number
  /** Whether somebody else reads the same memory; then a change copies it first. */
  #isShared = false

  constructor(bytes: Uint8Array = new Uint8Array()) {
    this.#bytes = bytes.slice()
    this.#length = bytes.byteLength
  }

  get length(): number {
    return this.#length
  }

  /** Another content with the same bytes. Costs nothing until one of the two is changed. */
  share(): DiskContent {
    const other = new DiskContent()
    other.#bytes = this.#bytes
    other.#length = this.#length
    other.#isShared = true
    this.#isShared = true
    return other
  }

  /** All bytes, copied. */
  copy(): Uint8Array {
    return this.#bytes.slice(0, this.#length)
  }

  write(bytes: Uint8Array, offset: number): void {
    if (bytes.byteLength === 0) return
    this.#own(Math.max(this.#length, offset + bytes.byteLength))
    this.#bytes.set(bytes, offset)
    this.#length = Math.max(this.#length, offset + bytes.byteLength)
  }

  /** What is new is zeros. */
  resize(length: number): void {
    if (length === this.#length) return
    this.#own(length)
    // What comes behind the end is zero always, so that nobody who writes there later has to look.
    this.#bytes.fill(0, length)
    this.#length = length
  }

  read(into: Uint8Array, offset: number): number {
    const end = Math.min(this.#length, offset + into.byteLength)
    if (end <= offset) return 0
    into.set(this.#bytes.subarray(offset, end))
    return end - offset
  }

  #own(room: number): void {
    if (!this.#isShared && room <= this.#bytes.byteLength) return
    const isTooSmall = room > this.#bytes.byteLength
    const size = isTooSmall ? Math.max(room, 2 * this.#length, grownBytesMin) : this.#bytes.byteLength
    const bytes = new Uint8Array(size)
    bytes.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = bytes
    this.#isShared = false
  }
}
