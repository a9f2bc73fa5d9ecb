// An incoming lane: segments of one lane in their order, each once, put together to frames and handed over.
import { recordWords } from '../../runtime/wire.ts'
import { Assembly } from './assembly.ts'
import { readHead } from './frame-head.ts'
import { firstFlag, frameHeadBytes, lastFlag } from './unit.ts'
import type { Frame, Lane } from '../../runtime/wire.ts'
import type { FrameHead } from './frame-head.ts'
import type { Room } from './hello.ts'
import type { SlabPool } from './slab-pool.ts'
import type { LaneState, Malformed } from './unit.ts'

export interface IncomingParts {
  readonly lane: Lane
  readonly room: Room
  readonly pool: SlabPool
  /** Nobody listens yet: what comes is kept. */
  isHeld(): boolean
  /** Is handed a frame that is good until it returns. */
  deliver(lane: Lane, frame: Frame): void
}

/** A copy of a frame that came before anybody listened. */
interface Held {
  readonly frame: Frame
  readonly cost: number
}

export class IncomingLane {
  readonly #parts: IncomingParts
  /** Segments that have come whole, and the bytes of them that the other side was not told of. */
  #received = 0
  #receivedUntold = 0
  /** Records and bytes of frames that have come whole, of those that were handed over, and of those that the other side was told of. */
  #records = 0
  #bytes = 0
  #recordsTaken = 0
  #bytesTaken = 0
  #told: LaneState = { received: 0, records: 0, bytes: 0 }
  #assembly: Assembly | undefined = undefined
  /** Of the segment that comes. */
  #flags = 0
  #length = 0
  #left = 0
  /** Bytes of it that are in the assembly: also those that came on a stream that broke, which are passed over when they come again. */
  #put = 0
  #again = 0
  /** It was here before. */
  #isKnown = false
  #copied = new Int32Array(0)
  #held: Held[] = []
  readonly #checkCredit: (head: FrameHead) => Malformed | undefined = (head) => this.#overrun(head)

  constructor(parts: IncomingParts) {
    this.#parts = parts
  }

  get state(): LaneState {
    return { received: this.#received, records: this.#recordsTaken, bytes: this.#bytesTaken }
  }

  /** All that came whole was handed over. */
  get isTaken(): boolean {
    return this.#held.length === 0
  }

  /** The other side was not told of all. */
  get isNews(): boolean {
    return this.#told.received !== this.#received || this.#told.bytes !== this.#bytesTaken
  }

  /** The other side was not told of so much that it may wait for it. */
  get isBigNews(): boolean {
    const { records, bytes } = this.#parts.room
    if (this.#receivedUntold >= bytes / 8 || this.#bytesTaken - this.#told.bytes >= bytes / 8) return true
    return this.#recordsTaken - this.#told.records >= records / 8
  }

  told(): void {
    this.#told = this.state
    this.#receivedUntold = 0
  }

  /** A new stream is there: what came in part comes again from the beginning of its segment. */
  restart(): void {
    this.#left = 0
    this.#again = 0
  }

  begin(flags: number, number: number, length: number): Malformed | undefined {
    const step = (number - ((this.#received + 1) % twoTo32)) | 0
    if (step > 0) return 'sequence'
    this.#left = length
    this.#isKnown = step < 0
    if (this.#isKnown) return undefined
    if (length === 0) return 'length'
    if (this.#put > 0) {
      if (flags !== this.#flags || length !== this.#length) return 'sequence'
      this.#again = this.#put
      return undefined
    }
    const isFirst = (flags & firstFlag) !== 0
    if (isFirst !== (this.#assembly === undefined)) return 'order'
    if (isFirst && length < frameHeadBytes) return 'length'
    this.#flags = flags
    this.#length = length
    return undefined
  }

  piece(bytes: Uint8Array): Malformed | undefined {
    this.#left -= bytes.byteLength
    if (this.#isKnown) return undefined
    if (bytes.byteLength === this.#length && this.#put === 0 && (this.#flags & wholeFlags) === wholeFlags) {
      const head = readHead(bytes, 0)
      if (head === undefined) return 'frame'
      if (head.attachments === 0) return this.#takeWhole(bytes, head)
    }
    return this.#takePart(bytes)
  }

  /** Hands over what was held, until `isOver`. */
  handOver(isOver: () => boolean): void {
    const held = this.#held
    this.#held = []
    for (const { frame, cost } of held) if (!isOver()) this.#deliver(frame, cost)
  }

  finish(): void {
    this.#assembly?.release()
    this.#assembly = undefined
    this.#held = []
  }

  #takeWhole(bytes: Uint8Array, head: FrameHead): Malformed | undefined {
    if (head.bytes !== bytes.byteLength) return head.bytes < bytes.byteLength ? 'trailing' : 'frame'
    const reason = this.#overrun(head)
    if (reason !== undefined) return reason
    this.#received++
    this.#receivedUntold += bytes.byteLength
    const { headBytes, count } = head
    const wordBytes = count * recordWords * 4
    const at = bytes.byteOffset + headBytes
    const words =
      (at & 3) === 0
        ? new Int32Array(bytes.buffer, at, count * recordWords)
        : this.#wordsOf(bytes.subarray(headBytes, headBytes + wordBytes))
    const body = bytes.subarray(headBytes + wordBytes)
    this.#arrived({ words, count, body, attachments: [] }, head.bytes)
    return undefined
  }

  #takePart(bytes: Uint8Array): Malformed | undefined {
    const passed = Math.min(this.#again, bytes.byteLength)
    this.#again -= passed
    const fresh = bytes.subarray(passed)
    this.#assembly ??= new Assembly(this.#parts.pool, this.#checkCredit)
    const reason = this.#assembly.put(fresh)
    if (reason !== undefined) return this.#forget(reason)
    this.#put += fresh.byteLength
    if (this.#left > 0) return undefined
    return this.#endPart(this.#assembly)
  }

  #endPart(assembly: Assembly): Malformed | undefined {
    const isLast = (this.#flags & lastFlag) !== 0
    if (isLast !== assembly.isWhole) return this.#forget(isLast ? 'frame' : 'order')
    this.#received++
    this.#receivedUntold += this.#length
    this.#put = 0
    if (!isLast) return undefined
    this.#assembly = undefined
    this.#arrived(assembly.frame(), assembly.head?.bytes ?? 0)
    assembly.release()
    return undefined
  }

  /** A frame that began with nonsense is read anew when it comes again; one that went wrong later has to be. */
  #forget(reason: Malformed): Malformed {
    if ((this.#flags & firstFlag) === 0) return reason
    this.#assembly?.release()
    this.#assembly = undefined
    this.#put = 0
    return reason
  }

  /** By what the other side was told: what is larger than the room is allowed alone. */
  #overrun({ count, bytes }: FrameHead): Malformed | undefined {
    const { room } = this.#parts
    const waiting = this.#bytes - this.#told.bytes
    if (waiting === 0) return undefined
    const records = this.#records - this.#told.records
    return records + count > room.records || waiting + bytes > room.bytes ? 'credit' : undefined
  }

  #arrived(frame: Frame, cost: number): void {
    this.#records += frame.count
    this.#bytes += cost
    if (this.#parts.isHeld() || this.#held.length > 0) this.#held.push({ frame: copyOf(frame), cost })
    else this.#deliver(frame, cost)
  }

  /** Counted first: who is handed a frame and cuts the wire has been handed it. */
  #deliver(frame: Frame, cost: number): void {
    this.#recordsTaken += frame.count
    this.#bytesTaken += cost
    this.#parts.deliver(this.#parts.lane, frame)
  }

  /** Words that do not lie where words may. */
  #wordsOf(bytes: Uint8Array): Int32Array {
    if (this.#copied.byteLength < bytes.byteLength) this.#copied = new Int32Array(bytes.byteLength >> 2)
    new Uint8Array(this.#copied.buffer).set(bytes)
    return this.#copied
  }
}

function copyOf({ words, count, body, attachments }: Frame): Frame {
  return {
    words: words.slice(0, count * recordWords),
    count,
    body: new Uint8Array(body),
    attachments: [...attachments],
  }
}

const wholeFlags = firstFlag | lastFlag
const twoTo32 = 2 ** 32
