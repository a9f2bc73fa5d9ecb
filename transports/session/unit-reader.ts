// A unit reader: cuts what a stream brings, in pieces of any size, into units. It copies a head or a word that straddles, never a segment.
import {
  kinds,
  magic,
  padded,
  preambleBytes,
  segmentHeadBytes,
  skippableKind,
  unitBytesMax,
  unitHeadBytes,
  unitHeadBytesMax,
  versions,
  wordBytesMax,
} from './unit.ts'
import type { Malformed } from './unit.ts'

/** Hears what a stream says. What it is given is good until it returns; it answers with what is wrong with it. */
export interface UnitListener {
  /** A unit other than a segment. */
  word(kind: number, flags: number, payload: Uint8Array): Malformed | undefined
  /** A segment begins, with `length` bytes in one piece or many. */
  segment(flags: number, number: number, length: number): Malformed | undefined
  piece(bytes: Uint8Array): Malformed | undefined
  malformed(reason: Malformed): void
}

const nothing = new Uint8Array(0)

export class UnitReader {
  readonly #listener: UnitListener
  /** A head that has come in part; the first one is the preamble. */
  readonly #head = new Uint8Array(unitHeadBytesMax)
  #headHeld = 0
  #isBegun = false
  /** What of the unit has not come yet, after its head. */
  #left = 0
  #padding = 0
  #isSegment = false
  #isSkipped = false
  #kind = 0
  #flags = 0
  /** A word that has come in part. */
  #word = nothing
  #wordHeld = 0
  #isStopped = false

  constructor(listener: UnitListener) {
    this.#listener = listener
  }

  /** A unit has begun to come and is not whole. */
  get isAmid(): boolean {
    return this.#headHeld > 0 || this.#left + this.#padding > 0
  }

  take(chunk: Uint8Array): void {
    let at = 0
    while (at < chunk.byteLength && !this.#isStopped) {
      if (this.#left > 0) at += this.#takePayload(chunk, at)
      else if (this.#padding > 0) at += this.#takePadding(chunk.byteLength - at)
      else at += this.#takeHead(chunk, at)
    }
  }

  /** Looks at nothing that comes from now on. */
  stop(): void {
    this.#isStopped = true
  }

  #takeHead(chunk: Uint8Array, at: number): number {
    const here = chunk.byteLength - at
    if (this.#headHeld === 0 && this.#isBegun && here >= unitHeadBytes) {
      const bytes = headBytesAt(chunk, at)
      if (bytes <= here) {
        this.#parse(chunk, at, bytes)
        return bytes
      }
    }
    const wanted = this.#headWanted()
    const taken = Math.min(wanted - this.#headHeld, here)
    this.#head.set(chunk.subarray(at, at + taken), this.#headHeld)
    this.#headHeld += taken
    if (this.#headHeld < wanted || this.#headHeld < this.#headWanted()) return taken
    this.#headHeld = 0
    if (this.#isBegun) this.#parse(this.#head, 0, headBytesAt(this.#head, 0))
    else this.#begin()
    return taken
  }

  /** What is no length of a head is found when it is parsed. */
  #headWanted(): number {
    if (!this.#isBegun) return preambleBytes
    if (this.#headHeld < unitHeadBytes) return unitHeadBytes
    return Math.min(Math.max(headBytesAt(this.#head, 0), unitHeadBytes), unitHeadBytesMax)
  }

  #begin(): void {
    this.#isBegun = true
    const view = new DataView(this.#head.buffer)
    if (view.getUint32(0, true) !== magic) return this.#fail('magic')
    const lowest = view.getUint16(4, true)
    const highest = view.getUint16(6, true)
    if (lowest > highest || lowest > versions.max || highest < versions.min) this.#fail('version')
  }

  #parse(bytes: Uint8Array, at: number, headBytes: number): void {
    const kind = bytes[at] ?? 0
    const flags = bytes[at + 1] ?? 0
    const length = wordAt(bytes, at + 4)
    this.#isSegment = kind === kinds.segment
    const isShort = headBytes < (this.#isSegment ? segmentHeadBytes : unitHeadBytes)
    if (isShort || headBytes > unitHeadBytesMax || (headBytes & 3) !== 0) return this.#fail('head')
    if (length > unitBytesMax - headBytes) return this.#fail('length')
    this.#kind = kind
    this.#flags = flags
    this.#left = length
    this.#padding = padded(length) - length
    this.#isSkipped = kind >= skippableKind
    if (this.#isSegment) this.#tell(this.#listener.segment(flags, wordAt(bytes, at + 8), length))
    else if (!this.#isSkipped && length > wordBytesMax) this.#fail('length')
    else if (!this.#isSkipped && length === 0) this.#tell(this.#listener.word(kind, flags, nothing))
  }

  #takePayload(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.#left, chunk.byteLength - at)
    this.#left -= taken
    if (this.#isSkipped) return taken
    const bytes = chunk.subarray(at, at + taken)
    if (this.#isSegment) this.#tell(this.#listener.piece(bytes))
    else this.#takeWord(bytes)
    return taken
  }

  #takeWord(bytes: Uint8Array): void {
    const isWhole = this.#wordHeld === 0 && this.#left === 0
    if (isWhole) return this.#tell(this.#listener.word(this.#kind, this.#flags, bytes))
    if (this.#wordHeld === 0) this.#word = new Uint8Array(this.#left + bytes.byteLength)
    this.#word.set(bytes, this.#wordHeld)
    this.#wordHeld += bytes.byteLength
    if (this.#left > 0) return
    const word = this.#word
    this.#word = nothing
    this.#wordHeld = 0
    this.#tell(this.#listener.word(this.#kind, this.#flags, word))
  }

  #takePadding(here: number): number {
    const taken = Math.min(this.#padding, here)
    this.#padding -= taken
    return taken
  }

  #tell(reason: Malformed | undefined): void {
    if (reason !== undefined && !this.#isStopped) this.#fail(reason)
  }

  #fail(reason: Malformed): void {
    this.#isStopped = true
    this.#listener.malformed(reason)
  }
}

function headBytesAt(bytes: Uint8Array, at: number): number {
  return (bytes[at + 2] ?? 0) | ((bytes[at + 3] ?? 0) << 8)
}

function wordAt(bytes: Uint8Array, at: number): number {
  const high = (bytes[at + 3] ?? 0) << 24
  return ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | high) >>> 0
}
