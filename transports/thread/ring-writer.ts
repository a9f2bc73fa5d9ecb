// A ring writer: the only producer of a ring, which puts frames into it while the lane has credit.
import { recordWords } from '../../runtime/wire.ts'
import {
  endingAt,
  frameBytes,
  frameHeadBytes,
  headAt,
  messagesBit,
  onPortBit,
  sleepingAt,
  spaceAt,
  tailAt,
  viewsOf,
  wantsAt,
  wrapMark,
} from './ring-layout.ts'
import { LaneCredit } from './lane-credit.ts'
import type { Frame, Lane, WireCounts } from '../../runtime/wire.ts'
import type { RingViews } from './ring-layout.ts'

const fewWords = 16 * recordWords

export class RingWriter {
  readonly #ring: RingViews
  readonly #signals: LaneCredit
  readonly #messages: LaneCredit
  #head = 0
  /** As it was when the writer last looked. */
  #tail = 0
  /** The reader was asked to tell of space and has not yet been heard. */
  #isArmed = false

  constructor(ring: SharedArrayBuffer) {
    this.#ring = viewsOf(ring)
    this.#signals = new LaneCredit('signals', this.#ring.control, this.#ring.size)
    this.#messages = new LaneCredit('messages', this.#ring.control, this.#ring.size)
  }

  /** The reader has taken all there is. */
  get isTaken(): boolean {
    return Atomics.load(this.#ring.control, tailAt) === this.#head
  }

  /** A larger frame comes by the port. Three eighths fit into an empty ring wherever its head is, and 64 KiB with their head into 256. */
  isSmall({ count, body }: Frame): boolean {
    const bytes = frameHeadBytes + count * recordWords * 4 + body.byteLength
    return bytes <= (this.#ring.size >> 3) * 3
  }

  write(lane: Lane, frame: Frame): boolean {
    const { count, body } = frame
    const credit = this.#creditOf(lane)
    const ringBytes = frameBytes(count, body.byteLength)
    if (!this.#isAllowed(credit, count, ringBytes, 0)) return false
    const at = this.#place(ringBytes)
    const { words, bytes } = this.#ring
    words[at] = body.byteLength
    words[at + 1] = (count << 2) | (lane === 'messages' ? messagesBit : 0)
    copyWords(frame.words, count * recordWords, words, at + 2)
    bytes.set(body, (at << 2) + frameHeadBytes + count * recordWords * 4)
    this.#publish(credit, count, 0)
    return true
  }

  /** Keeps the place of a frame that comes by the port. `post` is called when it may go, before the reader can know of it. */
  writeOnPort(lane: Lane, count: number, portBytes: number, post: () => void): boolean {
    const credit = this.#creditOf(lane)
    if (!this.#isAllowed(credit, count, frameHeadBytes, portBytes)) return false
    post()
    const at = this.#place(frameHeadBytes)
    const { words } = this.#ring
    words[at] = portBytes
    words[at + 1] = (count << 2) | onPortBit | (lane === 'messages' ? messagesBit : 0)
    this.#publish(credit, count, portBytes)
    return true
  }

  /** Says that nothing more will be written. */
  end(): void {
    Atomics.store(this.#ring.control, endingAt, 1)
  }

  /** True if the reader sleeps and the caller has to wake it; nobody else will. */
  mustWake(): boolean {
    const { control } = this.#ring
    return Atomics.load(control, sleepingAt) !== 0 && Atomics.exchange(control, sleepingAt, 0) !== 0
  }

  /** The reader has told of space. Calls `room` for each lane that was refused and is worth another try. */
  spaceCame(room: (lane: Lane) => void): void {
    this.#isArmed = false
    for (const credit of [this.#signals, this.#messages]) {
      const { wanted } = credit
      if (wanted === undefined) continue
      credit.wanted = undefined
      if (this.#isAllowed(credit, wanted.records, wanted.ringBytes, wanted.portBytes)) room(credit.lane)
    }
  }

  counts(lane: Lane): WireCounts {
    const credit = this.#creditOf(lane)
    credit.refresh()
    return { written: credit.written, taken: credit.taken }
  }

  #creditOf(lane: Lane): LaneCredit {
    return lane === 'signals' ? this.#signals : this.#messages
  }

  #isAllowed(credit: LaneCredit, records: number, ringBytes: number, portBytes: number): boolean {
    if (this.#fits(credit, records, ringBytes, portBytes)) return true
    this.#refresh(credit)
    if (this.#fits(credit, records, ringBytes, portBytes)) return true
    const wanted = { records, ringBytes, portBytes }
    while (!this.#isArmed) {
      this.#arm()
      this.#refresh(credit)
      if (this.#fits(credit, records, ringBytes, portBytes)) return true
      this.#disarmIfPassed()
    }
    credit.wanted = wanted
    return false
  }

  /** By what was last read of the other side. */
  #fits(credit: LaneCredit, records: number, ringBytes: number, portBytes: number): boolean {
    // A signal that waits for room gets the next; else a flood of small messages could take it away for ever.
    if (credit === this.#messages && this.#signals.wanted !== undefined) return false
    if (!credit.allows(records, portBytes)) return false
    const used = (this.#head - this.#tail) | 0
    return used + this.#skipFor(ringBytes) + ringBytes <= credit.ringBytesMax
  }

  #refresh(credit: LaneCredit): void {
    this.#tail = Atomics.load(this.#ring.control, tailAt)
    credit.refresh()
  }

  /** Asks to be told once half of what is in the ring has been taken. Whoever asks looks again afterwards. */
  #arm(): void {
    const { control } = this.#ring
    this.#isArmed = true
    Atomics.store(control, spaceAt, this.#tail + (((this.#head - this.#tail) | 0) >> 1))
    Atomics.store(control, wantsAt, 1)
  }

  /** The reader may have come past the place before it could see that it was asked: then it says nothing, unless it saw it after all. */
  #disarmIfPassed(): void {
    const { control } = this.#ring
    if (((this.#tail - Atomics.load(control, spaceAt)) | 0) < 0) return
    if (Atomics.exchange(control, wantsAt, 0) !== 0) this.#isArmed = false
  }

  /** Bytes up to the end of the ring, if the frame does not fit in front of it. */
  #skipFor(ringBytes: number): number {
    const left = this.#ring.size - (this.#head & (this.#ring.size - 1))
    return ringBytes > left ? left : 0
  }

  /** The index of the first word of a frame that fits. */
  #place(ringBytes: number): number {
    const { size, words } = this.#ring
    const skip = this.#skipFor(ringBytes)
    if (skip > 0) words[(this.#head & (size - 1)) >> 2] = wrapMark
    const start = (this.#head + skip) | 0
    this.#head = (start + ringBytes) | 0
    return (start & (size - 1)) >> 2
  }

  #publish(credit: LaneCredit, count: number, portBytes: number): void {
    credit.sent(count, portBytes)
    Atomics.store(this.#ring.control, headAt, this.#head)
  }
}

/** For a few records a loop is faster than a view to give to `set`. */
function copyWords(from: Int32Array, count: number, to: Int32Array, at: number): void {
  if (count > fewWords) to.set(from.subarray(0, count), at)
  else for (let i = 0; i < count; i++) to[at + i] = from[i] ?? 0
}
