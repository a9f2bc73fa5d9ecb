// A ring reader: the only consumer of a ring, which looks at one frame after the other and gives their room back.
import { recordWords } from '../../runtime/wire.ts'
import {
  endingAt,
  frameBytes,
  frameHeadBytes,
  headAt,
  messagesBit,
  onPortBit,
  portTakenAt,
  sleepingAt,
  spaceAt,
  tailAt,
  takenAt,
  viewsOf,
  wantsAt,
  wrapMark,
} from './ring-layout.ts'
import type { Frame, Lane } from '../../runtime/wire.ts'
import type { RingViews } from './ring-layout.ts'

/** What `next` has found: nothing, a frame, the place of one that comes by the port, or what no writer writes. */
export type Found = 'nothing' | 'frame' | 'place' | 'garbage'

/** So many are copied sooner than viewed: a new view costs about 100 ns. */
const fewRecords = 4

const noAttachments: readonly ArrayBuffer[] = []

/** A frame as views over the ring, filled anew for each; good until the next. */
class RingFrame implements Frame {
  words: Int32Array = new Int32Array(0)
  count = 0
  body: Uint8Array = new Uint8Array(0)
  readonly attachments: readonly ArrayBuffer[] = noAttachments
}

export class RingReader {
  /** After `frame`. */
  readonly frame: RingFrame = new RingFrame()
  /** After `frame` and `place`. */
  lane: Lane = 'signals'
  count = 0
  /** After `place`: what comes by the port. */
  portBytes = 0
  readonly #ring: RingViews
  #tail = 0
  /** As it was when the reader last looked. */
  #head = 0
  /** What the frame at hand takes up. */
  #ringBytes = 0
  readonly #fewWords = new Int32Array(fewRecords * recordWords)
  readonly #taken = { signals: 0, messages: 0 }
  readonly #portTaken = { signals: 0, messages: 0 }

  constructor(ring: SharedArrayBuffer) {
    this.#ring = viewsOf(ring)
  }

  /** The writer will write no more than a look from now on can find. */
  get isEnding(): boolean {
    return Atomics.load(this.#ring.control, endingAt) !== 0
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#ring.control, headAt) === this.#tail
  }

  /** Looks at the frame that is next. `done` goes past it. */
  next(): Found {
    if (this.#tail === this.#head) {
      this.#head = Atomics.load(this.#ring.control, headAt)
      if (this.#tail === this.#head) return 'nothing'
    }
    const { size, words } = this.#ring
    const offset = this.#tail & (size - 1)
    const available = (this.#head - this.#tail) | 0
    if (available < frameHeadBytes || available > size || (available & 7) !== 0) return 'garbage'
    const first = words[offset >> 2] ?? 0
    if (first !== wrapMark) return this.#look(offset, available)
    if (size - offset >= available) return 'garbage'
    this.#tail = (this.#tail + size - offset) | 0
    return this.#look(0, available - (size - offset))
  }

  /** The frame at hand has been handed over. True if the writer is to be told that there is space. */
  done(): boolean {
    const { control } = this.#ring
    const { lane } = this
    this.#taken[lane] = (this.#taken[lane] + this.count) | 0
    Atomics.store(control, takenAt[lane], this.#taken[lane])
    if (this.portBytes > 0) {
      this.#portTaken[lane] = (this.#portTaken[lane] + this.portBytes) | 0
      Atomics.store(control, portTakenAt[lane], this.#portTaken[lane])
    }
    this.#tail = (this.#tail + this.#ringBytes) | 0
    Atomics.store(control, tailAt, this.#tail)
    if (Atomics.load(control, wantsAt) === 0) return false
    const isThere = ((this.#tail - Atomics.load(control, spaceAt)) | 0) >= 0
    return isThere && Atomics.exchange(control, wantsAt, 0) !== 0
  }

  /**
   * True if the writer will wake this side; false if something has come in the meantime, and nobody will.
   * @param hasSeenEnd whether the end of the writing is known, so that it is nothing to wake up for
   */
  sleep(hasSeenEnd: boolean): boolean {
    const { control } = this.#ring
    Atomics.store(control, sleepingAt, 1)
    if (this.isEmpty && this.isEnding === hasSeenEnd) return true
    return Atomics.exchange(control, sleepingAt, 0) === 0
  }

  #look(offset: number, available: number): Found {
    const { words, bytes, size } = this.#ring
    const at = offset >> 2
    const length = words[at] ?? 0
    const head = words[at + 1] ?? 0
    const count = head >> 2
    if (length < 0 || count < 0) return 'garbage'
    this.lane = (head & messagesBit) === 0 ? 'signals' : 'messages'
    this.count = count
    if ((head & onPortBit) !== 0) {
      this.portBytes = length
      this.#ringBytes = frameHeadBytes
      return 'place'
    }
    if (count * recordWords * 4 > size || length > size) return 'garbage'
    const ringBytes = frameBytes(count, length)
    if (ringBytes > available || offset + ringBytes > size) return 'garbage'
    this.portBytes = 0
    this.#ringBytes = ringBytes
    const body = offset + frameHeadBytes + count * recordWords * 4
    const { frame } = this
    frame.words = count > fewRecords ? words.subarray(at + 2, body >> 2) : this.#few(at + 2, count)
    frame.count = count
    frame.body = bytes.subarray(body, body + length)
    return 'frame'
  }

  #few(at: number, count: number): Int32Array {
    const { words } = this.#ring
    const few = this.#fewWords
    for (let i = 0; i < count * recordWords; i++) few[i] = words[at + i] ?? 0
    return few
  }
}
