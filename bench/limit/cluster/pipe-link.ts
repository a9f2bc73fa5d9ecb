// The limit's link between processes: messages in frames of 64, the frames of a turn in one slab, their payloads as lists that remember shapes.
import { Packr, Unpackr } from 'msgpackr'
import type { Hear, Link } from '../../threads/link.ts'
import type { Pipe } from './pipe.ts'

/** Messages of one frame; a turn that ends sooner sends fewer. */
const frameMessagesMax = 64
/** Bytes that are handed over at once. */
const slabBytes = 65_536
/** In front of each frame: its bytes and its messages. */
const headBytes = 8
/** To whom a message is, and of which kind. */
const columnWords = 2

/** Both ends remember what was sent before, and each takes a copy of what it is given. */
const codecOptions = { sequential: true, copyBuffers: true }

export class PipeLink implements Link {
  readonly #pipe: Pipe
  readonly #packr = new Packr({ ...codecOptions })
  readonly #unpackr = new Unpackr({ ...codecOptions })
  readonly #columns = new Int32Array(frameMessagesMax * columnWords)
  readonly #payloads: unknown[] = []
  #slab = Buffer.allocUnsafeSlow(slabBytes)
  #used = 0
  #isFlushDue = false
  readonly #flush = (): void => {
    this.#isFlushDue = false
    this.#seal()
    this.#send()
  }

  constructor(pipe: Pipe) {
    this.#pipe = pipe
  }

  tell(to: number, kind: number, payload: unknown): void {
    const count = this.#payloads.length
    this.#columns[count * columnWords] = to
    this.#columns[count * columnWords + 1] = kind
    if (this.#payloads.push(payload) === frameMessagesMax) this.#seal()
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    setImmediate(this.#flush)
  }

  listen(hear: Hear): void {
    let left: Buffer = Buffer.alloc(0)
    let missing = 0
    let parts: Buffer[] = []
    this.#pipe.listen((bytes) => {
      // What a pipe brings is good until the call returns only.
      parts.push(Buffer.from(bytes))
      missing -= bytes.byteLength
      if (missing > 0) return
      left = this.#takeAll(
        left.byteLength === 0 && parts.length === 1 ? parts[0] : Buffer.concat([left, ...parts]),
        hear,
      )
      parts = []
      missing = left.byteLength < headBytes ? 0 : left.readUInt32LE(0) - left.byteLength
    })
  }

  /** @returns what is left of a frame that has not come whole */
  #takeAll(bytes: Buffer = Buffer.alloc(0), hear: Hear): Buffer {
    let at = 0
    while (at + headBytes <= bytes.byteLength) {
      const end = at + bytes.readUInt32LE(at)
      if (end > bytes.byteLength) break
      const count = bytes.readUInt32LE(at + 4)
      const columns = at + headBytes
      const body = bytes.subarray(columns + count * columnWords * 2, end)
      // The other end packs nothing but lists.
      const payloads = this.#unpackr.unpack(body) as unknown[]
      for (let i = 0; i < count; i++)
        hear(bytes.readUInt16LE(columns + i * 4), bytes.readUInt16LE(columns + i * 4 + 2), payloads[i])
      at = end
    }
    return bytes.subarray(at)
  }

  /** Puts what was told into the slab as a frame. */
  #seal(): void {
    const count = this.#payloads.length
    if (count === 0) return
    const body = this.#packr.pack(this.#payloads)
    this.#payloads.length = 0
    const bytes = headBytes + count * columnWords * 2 + body.byteLength
    if (this.#used + bytes > slabBytes) this.#send()
    const isLarge = bytes > slabBytes
    const slab = isLarge ? Buffer.allocUnsafeSlow(bytes) : this.#slab
    let at = isLarge ? 0 : this.#used
    at = slab.writeUInt32LE(bytes, at)
    at = slab.writeUInt32LE(count, at)
    for (let i = 0; i < count * columnWords; i++) at = slab.writeUInt16LE(this.#columns[i] ?? 0, at)
    slab.set(body, at)
    if (isLarge) this.#pipe.write(slab)
    else this.#used += bytes
  }

  #send(): void {
    if (this.#used === 0) return
    this.#pipe.write(this.#slab.subarray(0, this.#used))
    this.#slab = Buffer.allocUnsafeSlow(slabBytes)
    this.#used = 0
  }
}
