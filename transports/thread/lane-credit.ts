// A lane's credit: what a writer has sent on it, what of that the reader has taken, and what of it was refused for want of room.
import { portTakenAt, takenAt } from './ring-layout.ts'
import type { Lane } from '../../runtime/wire.ts'

/** Records of the messages lane that were written and not handed over, in one direction of a wire. */
export const wireRecordsMax = 16_384
/** Bytes of one lane that are on their way by the port, in one direction. */
export const portBytesMax = 67_108_864

/** What a frame needs to be taken. */
export interface FrameNeed {
  readonly records: number
  /** In the ring. */
  readonly ringBytes: number
  /** Besides, by the port. */
  readonly portBytes: number
}

/** The numbers a writer reads of the other side are as old as the last `refresh`; the truth can only be more room. */
export class LaneCredit {
  readonly lane: Lane
  /** Bytes of the ring that must not be exceeded by a frame of this lane. */
  readonly ringBytesMax: number
  /** Records. */
  written = 0
  /** What a frame needs that was refused; whoever wrote it is told of room. */
  wanted: FrameNeed | undefined = undefined
  readonly #control: Int32Array
  readonly #recordsMax: number
  #taken = 0
  /** Modulo 2^32. */
  #portWritten = 0
  #portTaken = 0

  constructor(lane: Lane, control: Int32Array, ringBytes: number) {
    const isMessages = lane === 'messages'
    this.lane = lane
    this.ringBytesMax = isMessages ? ringBytes - ringBytes / 8 : ringBytes
    this.#recordsMax = isMessages ? wireRecordsMax : Infinity
    this.#control = control
  }

  /** Records that were taken until the last `refresh`. */
  get taken(): number {
    return this.#taken
  }

  /** Whether the bounds of the lane allow it. What is larger than a bound is allowed alone, since otherwise it never would be. */
  allows(records: number, portBytes: number): boolean {
    const waiting = this.written - this.#taken
    if (waiting > 0 && waiting + records > this.#recordsMax) return false
    if (portBytes === 0) return true
    const onPort = (this.#portWritten - this.#portTaken) | 0
    return onPort === 0 || onPort + portBytes <= portBytesMax
  }

  sent(records: number, portBytes: number): void {
    this.written += records
    this.#portWritten = (this.#portWritten + portBytes) | 0
  }

  refresh(): void {
    const taken = Atomics.load(this.#control, takenAt[this.lane])
    this.#taken = this.written - ((this.written - taken) | 0)
    this.#portTaken = Atomics.load(this.#control, portTakenAt[this.lane])
  }
}
