// A group: records that become safe together, gathered as the bytes of one frame.
import { crc32 } from 'node:zlib'
import { invariant } from '../../../runtime/invariant.ts'
import {
  frameHeaderBytes,
  frameMagicNumber,
  groupBytesMax,
  hasKeepFrom,
  hasWakeMs,
  kinds,
  recordHeaderBytes,
} from './layout.ts'
import type { Append } from '../../../runtime/journal.ts'
import type { Fault } from '../../../runtime/fault.ts'

export type Done = (fault: Fault | undefined) => void

/** A buffer begins with so much and doubles. */
const beginningBytes = 65_536

/**
 * Records are written as bytes where they are going to be, so that one costs no object but its callback. The checksum is zlib's CRC-32: a
 * pure function of Node.js itself, several GB/s, no dependency.
 */
export class Group {
  #bytes: Buffer = Buffer.allocUnsafeSlow(beginningBytes)
  #view = new DataView(this.#bytes.buffer)
  #length = frameHeaderBytes
  #count = 0
  #firstPosition = 0
  /** In the order of the calls; some may belong to refused appends. */
  dones: Done[] = []

  get length(): number {
    return this.#length
  }

  get count(): number {
    return this.#count
  }

  /** Bytes of its records alone. */
  get recordBytes(): number {
    return this.#length - frameHeaderBytes
  }

  get firstPosition(): number {
    return this.#firstPosition
  }

  /** Whether its buffer is small enough to be kept for another group. */
  get isThrifty(): boolean {
    return this.#bytes.length <= groupBytesMax
  }

  /** Whether a record of so many bytes may be added. */
  hasRoom(recordBytes: number): boolean {
    return this.#count === 0 || this.#length + recordBytes <= groupBytesMax
  }

  /** @param bytes what `recordLength` says of it */
  add(append: Append, position: number, bytes: number, tagBytes: number): void {
    if (this.#count === 0) this.#firstPosition = position
    this.#makeRoom(bytes)
    const { id, body } = append
    let at = this.#head(append, position, bytes, tagBytes)
    let seen = 0
    const buffer = this.#bytes
    // Shorter than the way into native code for a path of usual length, and the check of ASCII is free.
    for (let index = 0; index < id.length; index++) {
      const code = id.charCodeAt(index)
      seen |= code
      buffer[at++] = code
    }
    invariant(seen <= 0x7f, 'A journal was given an id that is not ASCII')
    if (tagBytes > 0) at = this.#addTags(append.tags, at)
    buffer.set(body, at)
    this.#length += bytes
    this.#count++
  }

  /** Copies a record that is read from another frame. */
  addRaw(record: Uint8Array, position: number): void {
    if (this.#count === 0) this.#firstPosition = position
    this.#makeRoom(record.length)
    this.#bytes.set(record, this.#length)
    this.#view.setUint32(this.#length + 4, position - this.#firstPosition, true)
    this.#length += record.length
    this.#count++
  }

  /** Whether a position can be said within this frame. */
  canSay(position: number): boolean {
    return this.#count === 0 || position - this.#firstPosition <= 0xff_ff_ff_ff
  }

  /** The frame as it stands in a segment at an offset; good until the group is cleared. */
  seal(segment: number, offset: number): Buffer {
    const view = this.#view
    view.setUint32(0, frameMagicNumber, true)
    view.setUint32(8, this.#length, true)
    view.setUint32(12, this.#count, true)
    view.setFloat64(16, this.#firstPosition, true)
    view.setUint32(24, segment % 0x1_0000_0000, true)
    view.setUint32(28, offset, true)
    view.setUint32(4, crc32(this.#bytes.subarray(8, this.#length)), true)
    return this.#bytes.subarray(0, this.#length)
  }

  clear(): void {
    this.#length = frameHeaderBytes
    this.#count = 0
    this.dones = []
  }

  #head(append: Append, position: number, bytes: number, tagBytes: number): number {
    const view = this.#view
    const start = this.#length
    const { keepFrom, wakeMs } = append
    view.setUint32(start, bytes, true)
    view.setUint32(start + 4, position - this.#firstPosition, true)
    view.setUint8(start + 8, kinds.indexOf(append.kind))
    view.setUint8(
      start + 9,
      (keepFrom === undefined ? 0 : hasKeepFrom) | (wakeMs === undefined ? 0 : hasWakeMs),
    )
    view.setUint16(start + 10, append.id.length, true)
    view.setUint16(start + 12, tagBytes, true)
    view.setUint16(start + 14, append.tags.length, true)
    view.setFloat64(start + 16, append.seq, true)
    view.setFloat64(start + 24, append.epoch, true)
    view.setFloat64(start + 32, append.atMs, true)
    let at = start + recordHeaderBytes
    if (keepFrom !== undefined) {
      view.setFloat64(at, keepFrom, true)
      at += 8
    }
    if (wakeMs !== undefined) {
      view.setFloat64(at, wakeMs, true)
      at += 8
    }
    return at
  }

  #addTags(tags: readonly string[], from: number): number {
    let at = from
    for (const tag of tags) {
      const bytes = this.#bytes.write(tag, at + 2)
      this.#view.setUint16(at, bytes, true)
      at += 2 + bytes
    }
    return at
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    let size = this.#bytes.length
    while (size < needed) size *= 2
    const larger = Buffer.allocUnsafeSlow(Math.min(size, Math.max(needed, groupBytesMax)))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
    this.#view = new DataView(larger.buffer)
  }
}

/** Bytes of tags with the length of each. */
export function tagsLength(tags: readonly string[]): number {
  let bytes = 0
  for (const tag of tags) bytes += 2 + Buffer.byteLength(tag)
  return bytes
}

/** Bytes that a record takes in a frame. */
export function recordLength(append: Append, tagBytes: number): number {
  const numbers = (append.keepFrom === undefined ? 0 : 8) + (append.wakeMs === undefined ? 0 : 8)
  return recordHeaderBytes + numbers + append.id.length + tagBytes + append.body.length
}
