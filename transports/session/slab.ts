// A slab: a stretch of memory with segments of one lane, kept until the other side has them.

export class Slab {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly words: Int32Array
  /** Bytes that are written; a multiple of four. */
  used = 0
  /** Of those, bytes that were handed to the stream. */
  sent = 0
  /** The number of the last segment in it. */
  last = 0
  /** Was handed to a stream that broke, which may look at it for a while: it is not used again. */
  isShared = false

  constructor(bytesMax: number) {
    const buffer = new ArrayBuffer(bytesMax)
    this.bytes = new Uint8Array(buffer)
    this.words = new Int32Array(buffer)
  }

  /** Takes over what is in another one, of which nothing was sent. */
  copy({ bytes, used, last }: Slab): void {
    this.bytes.set(bytes.subarray(0, used))
    this.used = used
    this.last = last
  }

  get room(): number {
    return this.bytes.byteLength - this.used
  }
}
