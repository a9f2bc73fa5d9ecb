// A memory lane: the frames of one lane that are on their way in one direction, and what they count.
import { recordWords } from '../../runtime/wire.ts'
import type { Frame, Lane, WireCounts } from '../../runtime/wire.ts'

export interface FlightSize {
  readonly records: number
  readonly bytes: number
}

/** A frame on its way. */
export interface Flight {
  readonly frame: Frame
  readonly bytes: number
  /** When it may be handed over. */
  readonly atMs: number
}

export class MemoryLane {
  readonly name: Lane
  /** The size of a frame that was refused; whoever wrote it is told of room. */
  wanted: FlightSize | undefined = undefined
  /** On their way, in records and in bytes. */
  records = 0
  bytes = 0
  #flights: Flight[] = []
  #written = 0

  constructor(name: Lane) {
    this.name = name
  }

  get counts(): WireCounts {
    return { written: this.#written, taken: this.#written - this.records }
  }

  get next(): Flight | undefined {
    return this.#flights[0]
  }

  /** Copies a frame as it is now, all but its attachments, which are taken away from whoever has them. */
  put(frame: Frame, atMs: number): void {
    const copy: Frame = {
      words: frame.words.slice(0, frame.count * recordWords),
      count: frame.count,
      body: new Uint8Array(frame.body),
      attachments: frame.attachments.map((attachment) => attachment.transfer()),
    }
    const bytes = bytesOf(copy)
    // A lane keeps its order, whatever the delay of the next frame is.
    this.#flights.push({ frame: copy, bytes, atMs: Math.max(atMs, this.#flights.at(-1)?.atMs ?? 0) })
    this.#written += copy.count
    this.records += copy.count
    this.bytes += bytes
  }

  shift(): Flight | undefined {
    return this.#flights.shift()
  }

  /** A frame has been handed over, and gives its room back. */
  handedOver({ frame, bytes }: Flight): void {
    this.records -= frame.count
    this.bytes -= bytes
  }

  /** Loses what is on its way. It stays counted as written and never taken. */
  lose(): void {
    this.#flights = []
  }
}

export function bytesOf({ count, body, attachments }: Frame): number {
  const beside = attachments.reduce((sum, { byteLength }) => sum + byteLength, 0)
  return count * recordWords * 4 + body.byteLength + beside
}
