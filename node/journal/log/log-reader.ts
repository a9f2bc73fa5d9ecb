// A log reader: finds records by their position and reads on from there, only those that are safe.
import { readRecords } from './frame.ts'
import { SegmentScan } from './segment-scan.ts'
import type { DiskFile, DurableDisk } from '../../../runtime/disk.ts'
import type { Frame } from './frame.ts'
import type { Gap } from './segment-scan.ts'
import type { LogHole, StoredRecord } from './stored-record.ts'
import type { Segment } from './segment.ts'
import type { Turns } from './turns.ts'

export interface ReaderParts {
  readonly disk: DurableDisk
  readonly folder: string
  readonly segments: readonly Segment[]
  /** Files are opened, and put in the place of others, one at a time. */
  readonly turns: Turns
}

export interface LogPage {
  readonly records: readonly StoredRecord[]
  /** Where to go on: behind all that was looked at. */
  readonly next: number
  /** What could not be read on the way, and is passed over. */
  readonly holes: readonly LogHole[]
}

/** A group that was read last: who reads on has it without the disk. */
interface Bookmark {
  readonly segment: Segment
  readonly frame: Frame
}

class Page {
  readonly records: StoredRecord[] = []
  readonly holes: LogHole[] = []
  readonly countMax: number
  next: number

  constructor(from: number, countMax: number) {
    this.next = from
    this.countMax = countMax
  }

  get isFull(): boolean {
    return this.records.length >= this.countMax
  }

  take(frame: Frame): void {
    const records = readRecords(frame, this.next - 1, this.countMax - this.records.length)
    for (const record of records) this.records.push(record)
    this.next = this.isFull ? (this.records.at(-1)?.position ?? this.next) + 1 : frame.lastPosition + 1
  }
}

export class LogReader {
  readonly #parts: ReaderParts
  #bookmark: Bookmark | undefined

  constructor(parts: ReaderParts) {
    this.#parts = parts
  }

  async read(from: number, countMax: number): Promise<LogPage> {
    const page = new Page(Math.max(from, 1), countMax)
    while (!page.isFull) {
      const segment = this.#segmentOf(page.next)
      if (segment === undefined) break
      await this.#readSegment(segment, page)
    }
    return page
  }

  /** The first with records at a position or behind it. */
  #segmentOf(position: number): Segment | undefined {
    const { segments } = this.#parts
    let low = 0
    let high = segments.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((segments[middle]?.endPosition ?? Infinity) <= position) low = middle + 1
      else high = middle
    }
    return segments[low]
  }

  async #readSegment(segment: Segment, page: Page): Promise<void> {
    // Records that become safe meanwhile are for the next call.
    const { file: name, firstPosition, bytes, endPosition } = segment
    if (page.next < firstPosition) {
      page.holes.push({ file: name, offset: 0, bytes: 0, fromPosition: page.next, toPosition: firstPosition })
      page.next = firstPosition
    }
    const kept = this.#bookmark
    if (kept?.segment === segment && isWithin(kept.frame, page.next)) page.take(kept.frame)
    if (page.isFull || page.next >= endPosition) return
    const file = await this.#open(segment)
    if (file === undefined) return
    try {
      await this.#scan(segment, page, { file, from: this.#offset(segment, page.next), to: bytes })
    } finally {
      await file.close()
    }
    if (!page.isFull) page.next = Math.max(page.next, endPosition)
  }

  /** @returns undefined if another has taken its place meanwhile */
  #open(segment: Segment): Promise<DiskFile | undefined> {
    const { disk, folder, segments, turns } = this.#parts
    return turns.take(async () =>
      segments.includes(segment) ? disk.open(`${folder}/${segment.file}`, 'read') : undefined,
    )
  }

  async #scan(
    segment: Segment,
    page: Page,
    range: { readonly file: DiskFile; readonly from: number; readonly to: number },
  ): Promise<void> {
    const scan = new SegmentScan(range.file, { segment: segment.number, from: range.from, to: range.to })
    let gap: Gap | undefined
    let readTo = page.next
    for (let step = await scan.step(); step !== undefined; step = await scan.step()) {
      if (step.frame === undefined) {
        gap = step
        continue
      }
      const { frame } = step
      if (gap !== undefined && frame.firstPosition > page.next)
        page.holes.push(hole(segment, gap, readTo, frame.firstPosition))
      gap = undefined
      segment.mark(frame.firstPosition, frame.offset)
      readTo = frame.lastPosition + 1
      if (frame.lastPosition < page.next) continue
      this.#bookmark = { segment, frame }
      page.take(frame)
      if (page.isFull) return
    }
    if (gap !== undefined) page.holes.push(hole(segment, gap, readTo, segment.endPosition))
  }

  #offset(segment: Segment, position: number): number {
    const kept = this.#bookmark
    if (kept?.segment === segment && kept.frame.lastPosition + 1 === position)
      return kept.frame.offset + kept.frame.length
    return segment.offsetBefore(position)
  }
}

function isWithin(frame: Frame, position: number): boolean {
  return frame.firstPosition <= position && position <= frame.lastPosition
}

function hole(segment: Segment, { offset, bytes }: Gap, from: number, to: number): LogHole {
  return { file: segment.file, offset, bytes, fromPosition: from, toPosition: Math.max(from, to) }
}
