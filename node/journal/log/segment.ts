// A segment: one file of the log as the open log knows it, and where in it to begin reading for a position.
import { segmentHeaderBytes, segmentName } from './layout.ts'
import { isCompacted } from './segment-header.ts'
import type { SegmentHeader } from './segment-header.ts'

/** Bytes between two places that a segment remembers: a read begins at most so far before what it looks for. */
const markBytesMin = 262_144

interface Mark {
  readonly position: number
  readonly offset: number
}

export class Segment {
  readonly number: number
  /** Compaction puts several together: the last that this one stands for. */
  readonly lastNumber: number
  readonly file: string
  readonly firstPosition: number
  /** Behind its last record, dropped or not. */
  endPosition: number
  /** Bytes that count: those that are safe. */
  bytes: number
  readonly isCompacted: boolean
  /** Whether something in it could not be read: it is never rewritten, so that it can be looked at. */
  isDamaged = false
  readonly #marks: Mark[]

  constructor(
    header: Pick<SegmentHeader, 'number' | 'lastNumber' | 'firstPosition' | 'endPosition'>,
    bytes: number,
  ) {
    this.number = header.number
    this.lastNumber = header.lastNumber
    this.file = segmentName(header.number)
    this.firstPosition = header.firstPosition
    this.endPosition = Math.max(header.firstPosition, header.endPosition)
    this.bytes = bytes
    this.isCompacted = isCompacted(header)
    this.#marks = [{ position: header.firstPosition, offset: segmentHeaderBytes }]
  }

  /** Remembers where a frame begins, if it is far enough from the last place. */
  mark(position: number, offset: number): void {
    const last = this.#marks.at(-1)
    if (last === undefined || offset >= last.offset + markBytesMin) this.#marks.push({ position, offset })
  }

  /** Where the frame with a position is found when all frames from there on are looked at. */
  offsetBefore(position: number): number {
    let low = 0
    let high = this.#marks.length - 1
    while (low < high) {
      const middle = Math.ceil((low + high) / 2)
      if ((this.#marks[middle]?.position ?? Infinity) <= position) low = middle
      else high = middle - 1
    }
    return this.#marks[low]?.offset ?? segmentHeaderBytes
  }
}
