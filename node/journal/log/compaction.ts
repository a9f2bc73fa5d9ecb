// A compaction: closed segments are written anew without the records that nobody needs, several small ones into one.
import { CompactedSegment } from './compacted-segment.ts'
import { readRecords } from './frame.ts'
import { recordLength, tagsLength } from './group.ts'
import { frameHeaderBytes, segmentHeaderBytes } from './layout.ts'
import { SegmentScan } from './segment-scan.ts'
import type { DurableDisk } from '../../../runtime/disk.ts'
import type { Frame } from './frame.ts'
import type { LogIdentity } from './segment-header.ts'
import type { Segment } from './segment.ts'
import type { StoredRecord } from './stored-record.ts'
import type { Turns } from './turns.ts'

export interface CompactionParts {
  readonly disk: DurableDisk
  readonly folder: string
  readonly identity: LogIdentity
  readonly segmentBytes: number
  readonly segments: Segment[]
  readonly turns: Turns
}

export interface CompactionOptions {
  readonly signal?: AbortSignal
  progress?(bytesDone: number, bytesAll: number): void
  /** Called with bytes that were worked on, and waited for. */
  readonly pace?: ((bytes: number) => Promise<void> | undefined) | undefined
}

export interface CompactionOutcome {
  readonly bytesBefore: number
  readonly bytesAfter: number
  /** Records that were looked at. */
  readonly records: number
  readonly dropped: number
  /** What the segments that were written anew were longer before. */
  readonly freed: number
}

type IsKept = (record: StoredRecord) => boolean

/** A segment that nothing is dropped from is put together with the one before it if it has this part of the bytes of one. */
const smallShare = 8
/** Records that are looked at between two chances to pause. */
const recordsInTurnMax = 1_000

/** What a look at a segment has found. */
interface Look {
  readonly segment: Segment
  readonly records: number
  readonly dropped: number
  readonly keptBytes: number
  readonly isWhole: boolean
}

/** A segment is replaced by one rename, so that a crash finds either; one that is damaged stays as it is, to be looked at. */
export class Compaction {
  readonly #parts: CompactionParts
  readonly #isKept: IsKept
  readonly #options: CompactionOptions
  #bytesDone = 0
  #bytesAll = 0
  #records = 0
  #dropped = 0
  #freed = 0

  constructor(parts: CompactionParts, isKept: IsKept, options: CompactionOptions) {
    this.#parts = parts
    this.#isKept = isKept
    this.#options = options
  }

  async run(): Promise<CompactionOutcome> {
    const bytesBefore = sumOf(this.#parts.segments)
    const closed = this.#parts.segments.slice(0, -1)
    this.#bytesAll = sumOf(closed)
    let together: Look[] = []
    for (const segment of closed) {
      const look = await this.#look(segment)
      if (!this.#belongs(look, together)) {
        await this.#replace(together)
        together = []
      }
      if (look.isWhole && (look.dropped > 0 || together.length > 0)) together.push(look)
    }
    await this.#replace(together)
    const bytesAfter = sumOf(this.#parts.segments)
    return { bytesBefore, bytesAfter, records: this.#records, dropped: this.#dropped, freed: this.#freed }
  }

  async #look(segment: Segment): Promise<Look> {
    let keptBytes = 0
    let records = 0
    let dropped = 0
    const isWhole = await this.#each(segment, async (frame) => {
      let kept = 0
      await this.#eachKept(frame, (record) => {
        keptBytes += recordLength(record, tagsLength(record.tags))
        kept++
      })
      if (kept > 0) keptBytes += frameHeaderBytes
      records += frame.count
      dropped += frame.count - kept
    })
    this.#records += records
    this.#bytesDone += segment.bytes
    this.#options.progress?.(this.#bytesDone, this.#bytesAll)
    if (!isWhole) segment.isDamaged = true
    return { segment, records, dropped, keptBytes, isWhole: isWhole && !segment.isDamaged }
  }

  /** Whether a segment can be put together with those before it. */
  #belongs(look: Look, together: readonly Look[]): boolean {
    const isWorthIt = look.dropped > 0 || look.keptBytes <= this.#parts.segmentBytes / smallShare
    const bytes = together.reduce((sum, { keptBytes }) => sum + keptBytes, look.keptBytes)
    return look.isWhole && isWorthIt && bytes + segmentHeaderBytes <= this.#parts.segmentBytes
  }

  async #replace(looks: readonly Look[]): Promise<void> {
    if (looks.length === 0) return
    const { disk, folder, identity, segments, turns } = this.#parts
    const old = looks.map(({ segment }) => segment)
    const made = await CompactedSegment.begin(disk, folder, old)
    try {
      for (const segment of old) this.#dropped += await this.#copy(segment, made)
      await made.finish(identity)
      const segment = await turns.take(async () => {
        const renamed = await made.rename()
        // At once: from here on the file has the new places.
        segments.splice(segments.indexOf(old[0] as Segment), old.length, renamed)
        this.#freed += sumOf(old) - renamed.bytes
        return renamed
      })
      await disk.syncFolder(folder)
      for (const one of old) if (one.file !== segment.file) await disk.remove(`${folder}/${one.file}`)
      await disk.syncFolder(folder)
    } finally {
      await made.discard()
    }
  }

  async #copy(segment: Segment, made: CompactedSegment): Promise<number> {
    let dropped = 0
    const isWhole = await this.#each(segment, async (frame) => {
      const kept = new Set<number>()
      await this.#eachKept(frame, ({ position }) => void kept.add(position))
      dropped += frame.count - kept.size
      await made.add(frame, kept)
    })
    if (isWhole) return dropped
    segment.isDamaged = true
    throw new Error(`"${segment.file}" was whole and is not any more`)
  }

  async #eachKept(frame: Frame, take: (record: StoredRecord) => void): Promise<void> {
    for (let after = 0; after < frame.lastPosition;) {
      const records = readRecords(frame, after, recordsInTurnMax)
      for (const record of records) if (this.#isKept(record)) take(record)
      after = records.at(-1)?.position ?? frame.lastPosition
      await this.#options.pace?.((frame.length * records.length) / frame.count)
      this.#options.signal?.throwIfAborted()
    }
  }

  /** @returns whether all of it could be read */
  async #each(segment: Segment, take: (frame: Frame) => Promise<void>): Promise<boolean> {
    const { disk, folder } = this.#parts
    const file = await disk.open(`${folder}/${segment.file}`, 'read')
    try {
      const range = { segment: segment.number, from: segmentHeaderBytes, to: segment.bytes }
      const scan = new SegmentScan(file, range)
      for (let step = await scan.step(); step !== undefined; step = await scan.step()) {
        this.#options.signal?.throwIfAborted()
        if (step.frame === undefined) return false
        await take(step.frame)
      }
      return true
    } finally {
      await file.close()
    }
  }
}

function sumOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, { bytes }) => sum + bytes, 0)
}
