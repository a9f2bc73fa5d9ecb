// A walk through a log: its segments one after the other, group by group, with a ledger of what could not be read. Changes nothing.
import { HoleLedger } from './hole-ledger.ts'
import { isCompacted } from './segment-header.ts'
import { segmentHeaderBytes } from './layout.ts'
import { Segment } from './segment.ts'
import { SegmentScan } from './segment-scan.ts'
import type { DurableDisk } from '../../../runtime/disk.ts'
import type { FoundSegment } from './survey.ts'
import type { Frame } from './frame.ts'
import type { Gap } from './segment-scan.ts'

export interface WalkVisitor {
  /** Segments with no higher positions are passed over. */
  readonly after: number
  /** A good group in its order. */
  frame(segment: Segment, frame: Frame): void | Promise<void>
  /** What was being written when the log ended. */
  torn(file: string, offset: number, bytes: number): void
  progress(bytesDone: number): void
}

export class LogWalk {
  readonly ledger: HoleLedger = new HoleLedger()
  readonly #disk: DurableDisk
  readonly #folder: string
  readonly #visitor: WalkVisitor
  #bytesDone = 0

  constructor(disk: DurableDisk, folder: string, visitor: WalkVisitor) {
    this.#disk = disk
    this.#folder = folder
    this.#visitor = visitor
  }

  /** @returns the segment as far as it counts */
  async take(found: FoundSegment, next: FoundSegment | undefined): Promise<Segment> {
    this.ledger.begin(found)
    const end = closedAt(found, next)
    const segment = new Segment(headOf(found, this.ledger.expected), Math.min(end ?? found.size, found.size))
    const known = this.#knownEnd(found, next, end)
    if (known === undefined) await this.#scan(found, segment, next === undefined)
    else this.ledger.expected = Math.max(this.ledger.expected, known)
    if (end !== undefined && found.size < end) this.ledger.lack(found.file, found.size, end - found.size)
    this.ledger.end(found, next)
    segment.endPosition = Math.max(segment.firstPosition, this.ledger.expected)
    segment.isDamaged = this.ledger.isDamaged(found.file)
    this.#bytesDone += found.size
    this.#visitor.progress(this.#bytesDone)
    return segment
  }

  /** Where a segment ends that need not be read: it is as long as it should be, and nothing in it is asked for. */
  #knownEnd(
    found: FoundSegment,
    next: FoundSegment | undefined,
    end: number | undefined,
  ): number | undefined {
    const position = next?.header?.firstPosition
    const isNeeded = position === undefined || position > this.#visitor.after + 1
    if (found.header === undefined || end === undefined || isNeeded) return undefined
    return found.size >= end ? position : undefined
  }

  async #scan(found: FoundSegment, segment: Segment, isLast: boolean): Promise<void> {
    const file = await this.#disk.open(`${this.#folder}/${found.file}`, 'read')
    try {
      const range = { segment: found.number, from: segmentHeaderBytes, to: segment.bytes }
      const scan = new SegmentScan(file, range)
      for (let step = await scan.step(); step !== undefined; step = await scan.step()) {
        if (step.frame === undefined) this.#gap(found, segment, { gap: step, isLast })
        else await this.#frame(found, segment, step.frame)
        this.#visitor.progress(this.#bytesDone + scan.offset)
      }
    } finally {
      await file.close()
    }
  }

  async #frame(found: FoundSegment, segment: Segment, frame: Frame): Promise<void> {
    if (!this.ledger.fits(found, frame)) {
      this.ledger.lack(found.file, frame.offset, frame.length)
      return
    }
    segment.mark(frame.firstPosition, frame.offset)
    await this.#visitor.frame(segment, frame)
  }

  /** Behind the last good group of the log is what was being written at the end; everywhere else it is damage. */
  #gap(found: FoundSegment, segment: Segment, { gap, isLast }: { gap: Gap; isLast: boolean }): void {
    const isTorn = isLast && gap.isTail && found.header !== undefined && !isCompacted(found.header)
    if (!isTorn) {
      this.ledger.lack(found.file, gap.offset, gap.bytes)
      return
    }
    segment.bytes = gap.offset
    this.#visitor.torn(found.file, gap.offset, gap.bytes)
  }
}

/** How many of its bytes count, if anything says so. */
function closedAt(found: FoundSegment, next: FoundSegment | undefined): number | undefined {
  if (found.header !== undefined && isCompacted(found.header)) return found.header.bytes
  const isNext = next?.header !== undefined && next.number === found.number + 1
  return isNext ? next.header.previousBytes : undefined
}

function headOf(
  { header, number }: FoundSegment,
  expected: number,
): ConstructorParameters<typeof Segment>[0] {
  return header ?? { number, lastNumber: number, firstPosition: expected, endPosition: 0 }
}
