// An assembly: a frame that comes in several pieces.
import { recordWords } from '../../runtime/wire.ts'
import { Growing } from './growing.ts'
import { mainBytesOf, readHead } from './frame-head.ts'
import { frameHeadBytes } from './unit.ts'
import type { Frame } from '../../runtime/wire.ts'
import type { FrameHead } from './frame-head.ts'
import type { Slab } from './slab.ts'
import type { SlabPool } from './slab-pool.ts'
import type { Malformed } from './unit.ts'

/** Its parts come one after the other, each into memory of its own: head, rest of the head, words and body, then length and bytes by turns. */
type Part = 'head' | 'unknown' | 'main' | 'length' | 'attachment'

export class Assembly {
  /** Known once it has come. */
  head: FrameHead | undefined = undefined
  readonly #pool: SlabPool
  /** Asked when the head is known. */
  readonly #check: (head: FrameHead) => Malformed | undefined
  #slab: Slab | undefined = undefined
  #part: Part = 'head'
  #growing: Growing = new Growing(frameHeadBytes)
  #main: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  readonly #attachments: ArrayBuffer[] = []
  /** Bytes that are left of the whole frame, by its head. */
  #left = 0
  #isWhole = false

  constructor(pool: SlabPool, check: (head: FrameHead) => Malformed | undefined) {
    this.#pool = pool
    this.#check = check
  }

  get isWhole(): boolean {
    return this.#isWhole
  }

  put(bytes: Uint8Array): Malformed | undefined {
    let at = 0
    while (at < bytes.byteLength) {
      if (this.#isWhole) return 'trailing'
      const taken = Math.min(this.#growing.left, bytes.byteLength - at)
      this.#growing.put(bytes.subarray(at, at + taken))
      at += taken
      this.#left -= taken
      const reason = this.#advance()
      if (reason !== undefined) return reason
    }
    return undefined
  }

  /** When it is whole: good until `release`, its attachments for good. */
  frame(): Frame {
    const count = this.head?.count ?? 0
    const words = new Int32Array(this.#main.buffer, this.#main.byteOffset, count * recordWords)
    const body = this.#main.subarray(count * recordWords * 4)
    return { words, count, body, attachments: this.#attachments }
  }

  release(): void {
    if (this.#slab !== undefined) this.#pool.give(this.#slab)
    this.#slab = undefined
  }

  /** Goes on to the next part, and over those that are empty. */
  #advance(): Malformed | undefined {
    while (this.#growing.left === 0 && !this.#isWhole) {
      const reason = this.#finish(this.#growing.done())
      if (reason !== undefined) return reason
    }
    return undefined
  }

  #finish(bytes: Uint8Array<ArrayBuffer>): Malformed | undefined {
    switch (this.#part) {
      case 'head':
        return this.#begin(bytes)
      case 'unknown':
        return this.#beginMain()
      case 'main':
        this.#main = bytes
        return this.#nextAttachment()
      case 'length':
        return this.#beginAttachment(new DataView(bytes.buffer).getUint32(0, true))
      case 'attachment':
        this.#attachments.push(
          bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : bytes.slice().buffer,
        )
        return this.#nextAttachment()
    }
  }

  #begin(bytes: Uint8Array): Malformed | undefined {
    const head = readHead(bytes, 0)
    if (head === undefined) return 'frame'
    const reason = this.#check(head)
    if (reason !== undefined) return reason
    this.head = head
    this.#left = head.bytes - frameHeadBytes
    this.#go('unknown', head.headBytes - frameHeadBytes)
    return undefined
  }

  #beginMain(): undefined {
    const bytes = this.head === undefined ? 0 : mainBytesOf(this.head)
    this.#part = 'main'
    const slab = this.#pool.take()
    const isEnough = bytes <= slab.bytes.byteLength
    if (isEnough) this.#slab = slab
    else this.#pool.give(slab)
    this.#growing = new Growing(bytes, isEnough ? slab.bytes : undefined)
    return undefined
  }

  #nextAttachment(): Malformed | undefined {
    if (this.#attachments.length < (this.head?.attachments ?? 0)) {
      this.#go('length', 4)
      return undefined
    }
    this.#isWhole = true
    return this.#left === 0 ? undefined : 'frame'
  }

  #beginAttachment(bytes: number): Malformed | undefined {
    const others = (this.head?.attachments ?? 0) - this.#attachments.length - 1
    if (bytes + others * 4 > this.#left) return 'frame'
    this.#go('attachment', bytes)
    return undefined
  }

  #go(part: Part, bytes: number): void {
    this.#part = part
    this.#growing = new Growing(bytes)
  }
}
