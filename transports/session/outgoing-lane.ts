// An outgoing lane: frames of one lane as numbered segments in slabs, kept until the other side has them, and the credit for more.
import { invariant } from '../../runtime/invariant.ts'
import { recordWords } from '../../runtime/wire.ts'
import { headOf, writeHead } from './frame-head.ts'
import { FrameSource } from './frame-source.ts'
import { slabBytesMax, smallSlabBytesMax } from './slab-pool.ts'
import {
  firstFlag,
  frameHeadBytes,
  kinds,
  lastFlag,
  messagesFlag,
  padded,
  segmentHeadBytes,
  sessionFrameBytesMax,
} from './unit.ts'
import type { Frame, Lane, WireCounts } from '../../runtime/wire.ts'
import type { FrameHead } from './frame-head.ts'
import type { Room } from './hello.ts'
import type { Slab } from './slab.ts'
import type { SlabPool } from './slab-pool.ts'
import type { LaneState, Malformed } from './unit.ts'

/** Slabs on their way of a frame larger than the room of its lane, if that has not room for more. */
export const longSlabsMin = 2
/** Bytes of a frame that begins a new slab rather than to be cut; so much of a slab may stay empty. */
export const wholeBytesMax = 8_192
/** Records up to which a loop copies their words faster than a call. */
const fewRecords = 16

export class OutgoingLane {
  readonly lane: Lane
  /** What was refused for want of room; whoever wrote it is told of room. */
  wanted: FrameHead | undefined = undefined
  readonly #room: Room
  readonly #pool: SlabPool
  readonly #laneFlag: number
  /** Slabs on their way of a frame larger than the room; the rest of it waits outside of them. */
  readonly #longSlabs: number
  /** The oldest first; the last one is open. */
  readonly #slabs: Slab[] = []
  /** Index of the first slab that may have bytes to send. */
  #next = 0
  /** A frame larger than the credit, which is cut as the other side takes it. Nothing is behind it. */
  #long: FrameSource | undefined = undefined
  /** Segments made, and segments that the other side has. */
  #segments = 0
  #received = 0
  #records = 0
  #bytes = 0
  #recordsTaken = 0
  #bytesTaken = 0

  constructor(lane: Lane, room: Room, pool: SlabPool) {
    this.lane = lane
    this.#room = room
    this.#pool = pool
    this.#longSlabs = Math.max(longSlabsMin, Math.floor(room.bytes / slabBytesMax))
    this.#laneFlag = lane === 'messages' ? messagesFlag : 0
  }

  get counts(): WireCounts {
    return { written: this.#records, taken: this.#recordsTaken }
  }

  /** The other side's listener was handed all frames. */
  get isTaken(): boolean {
    return this.#bytes === this.#bytesTaken
  }

  /** The other side has all segments. */
  get isReceived(): boolean {
    return this.#segments === this.#received && this.#long === undefined
  }

  /** Every segment was handed to the stream. */
  get isSent(): boolean {
    return this.#long === undefined && this.#slabs.every(({ used, sent }) => used === sent)
  }

  /** Something was refused, and so little is on its way that the other side does not tell by itself that it was taken. */
  get isStarved(): boolean {
    if (this.wanted === undefined) return false
    const { records, bytes } = this.#room
    return this.#records - this.#recordsTaken < records / 4 && this.#bytes - this.#bytesTaken < bytes / 4
  }

  /** What is larger than the room is allowed alone, since otherwise it never would be. */
  allows({ count, bytes }: FrameHead): boolean {
    const waiting = this.#bytes - this.#bytesTaken
    if (waiting === 0) return true
    return (
      this.#records - this.#recordsTaken + count <= this.#room.records && waiting + bytes <= this.#room.bytes
    )
  }

  /** Takes a frame, or says false. */
  take(frame: Frame): boolean {
    const head = headOf(frame)
    invariant(head.bytes <= sessionFrameBytesMax, 'A frame is larger than any that a session carries')
    if (!this.allows(head)) return this.refuse(frame)
    const isLong = head.bytes > this.#room.bytes
    this.#records += head.count
    this.#bytes += head.bytes
    if (head.bytes <= wholeBytesMax && head.attachments === 0) this.#appendWhole(frame, head)
    else this.#cut(new FrameSource(frame, head, isLong), isLong)
    return true
  }

  refuse(frame: Frame): false {
    this.wanted = headOf(frame)
    return false
  }

  /** Bytes for the stream, which must not change until they have left; undefined if there are none. */
  next(): Uint8Array | undefined {
    for (;;) {
      const slab = this.#slabs[this.#next]
      if (slab !== undefined && slab.sent < slab.used) {
        const bytes = slab.bytes.subarray(slab.sent, slab.used)
        slab.sent = slab.used
        return bytes
      }
      if (this.#next + 1 < this.#slabs.length) this.#next++
      else if (this.#long === undefined || this.#slabs.length >= this.#longSlabs) return undefined
      else this.#cut(this.#long, true)
    }
  }

  /** The other side has said what it has. */
  acknowledged(state: LaneState): Malformed | undefined {
    const received = forward(this.#received, state.received)
    const records = forward(this.#recordsTaken, state.records)
    const bytes = forward(this.#bytesTaken, state.bytes)
    // An older one was overtaken by a newer one on another stream.
    if (received === undefined || records === undefined || bytes === undefined) return undefined
    if (received > this.#segments || records > this.#records || bytes > this.#bytes) return 'acknowledgement'
    this.#received = received
    this.#recordsTaken = records
    this.#bytesTaken = bytes
    this.#recycle()
    return undefined
  }

  /** A new stream is there: what the other side does not have is sent again. */
  restart(): void {
    for (const slab of this.#slabs) {
      if (slab.sent > 0) slab.isShared = true
      slab.sent = 0
    }
    this.#next = 0
  }

  /** @param isInOrder the other side's listener was handed everything, though it could not say so */
  finish(isInOrder: boolean): void {
    if (isInOrder) {
      this.#recordsTaken = this.#records
      this.#bytesTaken = this.#bytes
    }
    this.#slabs.length = 0
    this.#next = 0
    this.#long = undefined
  }

  #appendWhole(frame: Frame, head: FrameHead): void {
    const slab = this.#slabWith(segmentHeadBytes + padded(head.bytes))
    const { words, bytes } = slab
    this.#segmentHead(slab, head.bytes, firstFlag | lastFlag)
    let at = slab.used >> 2
    writeHead(head, words, at)
    at += frameHeadBytes >> 2
    const routeWords = head.count * recordWords
    if (head.count <= fewRecords) {
      const { words: route } = frame
      for (let i = 0; i < routeWords; i++) words[at + i] = route[i] ?? 0
    } else words.set(frame.words.subarray(0, routeWords), at)
    bytes.set(frame.body, (at + routeWords) << 2)
    slab.used += padded(head.bytes)
  }

  /** Cuts a frame into segments: all of it, or while there are slabs for it. */
  #cut(source: FrameSource, isLong: boolean): void {
    this.#long = undefined
    while (source.left > 0) {
      const open = this.#slabs.at(-1)
      const isFull = open === undefined || open.room < segmentHeadBytes + wholeBytesMax
      if (isLong && isFull && this.#slabs.length >= this.#longSlabs) {
        this.#long = source
        return
      }
      const slab = isFull ? this.#openSlab() : open
      const count = Math.min(source.left, slab.room - segmentHeadBytes)
      const flags = (source.isFresh ? firstFlag : 0) | (source.left === count ? lastFlag : 0)
      this.#segmentHead(slab, count, flags)
      source.read(slab.bytes, slab.used, count)
      slab.used += padded(count)
    }
  }

  #segmentHead(slab: Slab, length: number, flags: number): void {
    const at = slab.used >> 2
    const { words } = slab
    this.#segments++
    words[at] = kinds.segment | ((flags | this.#laneFlag) << 8) | (segmentHeadBytes << 16)
    words[at + 1] = length
    words[at + 2] = this.#segments | 0
    slab.used += segmentHeadBytes
    slab.last = this.#segments
  }

  #slabWith(bytes: number): Slab {
    const open = this.#slabs.at(-1)
    return open !== undefined && open.room >= bytes ? open : this.#openSlab(bytes)
  }

  /** An idle lane begins with little: most of them have only a heartbeat to carry. */
  #openSlab(bytes = slabBytesMax): Slab {
    const isSmall = this.#slabs.length === 0 && bytes <= smallSlabBytesMax
    const slab = isSmall ? this.#pool.takeSmall() : this.#pool.take()
    const [first] = this.#slabs
    const hasOutgrown = this.#slabs.length === 1 && first?.bytes.byteLength === smallSlabBytesMax
    // A turn's frames leave together, also if there are more of them than were expected.
    if (hasOutgrown && first.sent === 0) {
      slab.copy(first)
      this.#pool.give(first)
      this.#slabs.length = 0
    }
    this.#slabs.push(slab)
    return slab
  }

  /** Slabs whose segments the other side has all: also the open one, so that an idle lane holds no memory. */
  #recycle(): void {
    let done = 0
    for (const slab of this.#slabs) {
      if (slab.last > this.#received) break
      done++
    }
    if (done === 0) return
    for (const slab of this.#slabs.splice(0, done)) this.#pool.give(slab)
    this.#next = Math.max(0, this.#next - done)
  }
}

/** The number at or after `from` that is `to` modulo 2^32; undefined if it is before. */
function forward(from: number, to: number): number | undefined {
  const step = (to - (from % twoTo32)) | 0
  return step < 0 ? undefined : from + step
}

const twoTo32 = 2 ** 32
