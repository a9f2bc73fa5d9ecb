// A memory direction: what goes one way between two memory wires, with the credit of its lanes.
import { MemoryLane, bytesOf } from './memory-lane.ts'
import type { Frame, Lane } from '../../runtime/wire.ts'
import type { FlightSize } from './memory-lane.ts'

/** Records of the messages lane that are on their way in one direction. */
export const memoryRecordsDefault = 16_384
/** Bytes that are on their way in one direction; messages use seven eighths of them. */
export const memoryBytesDefault = 67_108_864

export interface MemoryWireOptions {
  /** Default `memoryRecordsDefault`. */
  readonly recordsMax?: number
  /** Default `memoryBytesDefault`. */
  readonly bytesMax?: number
  /** How many milliseconds a frame is on its way; without it, until the next turn. Lanes overtake each other, frames of one lane do not. */
  readonly delayMs?: (lane: Lane) => number
}

export class MemoryDirection {
  readonly signals: MemoryLane = new MemoryLane('signals')
  readonly messages: MemoryLane = new MemoryLane('messages')
  /** Signals first. */
  readonly lanes: readonly MemoryLane[] = [this.signals, this.messages]
  readonly options: MemoryWireOptions
  /** Its writer writes no more. */
  isEnding = false

  constructor(options: MemoryWireOptions) {
    this.options = options
  }

  get isEmpty(): boolean {
    return this.lanes.every(({ next }) => next === undefined)
  }

  /** When the next frame may be handed over; undefined if there is none. */
  get nextMs(): number | undefined {
    const [first, ...rest] = this.lanes.flatMap(({ next }) => (next === undefined ? [] : [next.atMs]))
    return first === undefined ? undefined : Math.min(first, ...rest)
  }

  laneOf(lane: Lane): MemoryLane {
    return lane === 'signals' ? this.signals : this.messages
  }

  /** False if there is no room. */
  put(name: Lane, frame: Frame, atMs: number): boolean {
    const lane = this.laneOf(name)
    const size = { records: frame.count, bytes: bytesOf(frame) }
    if (this.#allows(lane, size)) {
      lane.put(frame, atMs)
      return true
    }
    lane.wanted = size
    return false
  }

  /** True once for a lane that has said no, when what it was asked for would be taken. */
  hasRoomAgain(lane: MemoryLane): boolean {
    const { wanted } = lane
    if (wanted === undefined) return false
    lane.wanted = undefined
    if (this.#allows(lane, wanted)) return true
    lane.wanted = wanted
    return false
  }

  /** The lane whose next frame is to be handed over now. */
  dueLane(nowMs: number): MemoryLane | undefined {
    return this.lanes.find(({ next }) => next !== undefined && next.atMs <= nowMs)
  }

  lose(): void {
    for (const lane of this.lanes) lane.lose()
  }

  /** What is larger than a bound is allowed alone, since otherwise it never would be. */
  #allows(lane: MemoryLane, size: FlightSize): boolean {
    const { recordsMax = memoryRecordsDefault, bytesMax = memoryBytesDefault } = this.options
    const bytes = this.signals.bytes + this.messages.bytes + size.bytes
    if (lane === this.signals) return lane.bytes === 0 || bytes <= bytesMax
    // A signal that waits for room gets the next.
    if (this.signals.wanted !== undefined) return false
    if (lane.records > 0 && lane.records + size.records > recordsMax) return false
    return lane.bytes === 0 || bytes <= bytesMax - bytesMax / 8
  }
}
