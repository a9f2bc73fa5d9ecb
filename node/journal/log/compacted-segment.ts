// A compacted segment while it is made: groups of what is kept of others, under a name of its own until it is whole.
import { Group } from './group.ts'
import { rawRecords } from './frame.ts'
import { encodeSegmentHeader, identityMarks } from './segment-header.ts'
import { formatVersion, segmentHeaderBytes, segmentName } from './layout.ts'
import { Segment } from './segment.ts'
import { unfinishedSuffix } from './survey.ts'
import { writeAll } from './write-all.ts'
import type { DiskFile, DurableDisk } from '../../../runtime/disk.ts'
import type { Frame } from './frame.ts'
import type { LogIdentity, SegmentHeader } from './segment-header.ts'

/** What is written is made safe piece by piece: a sync of much would hold up those of the records that are appended meanwhile. */
const syncBytes = 1_048_576

interface Mark {
  readonly position: number
  readonly offset: number
}

export class CompactedSegment {
  readonly #disk: DurableDisk
  readonly #folder: string
  readonly #file: DiskFile
  readonly #old: readonly Segment[]
  readonly #name: string
  readonly #number: number
  readonly #group = new Group()
  readonly #marks: Mark[] = []
  #bytes = segmentHeaderBytes
  #bytesSynced = 0
  #header: SegmentHeader | undefined
  #isRenamed = false

  /** @param old what it is going to stand for, in order and next to each other */
  static async begin(disk: DurableDisk, folder: string, old: readonly Segment[]): Promise<CompactedSegment> {
    const name = `${segmentName(old[0]?.number ?? 1)}${unfinishedSuffix}`
    if ((await disk.names(folder)).includes(name)) await disk.remove(`${folder}/${name}`)
    const file = await disk.open(`${folder}/${name}`, 'create')
    return new CompactedSegment(disk, folder, file, old)
  }

  private constructor(disk: DurableDisk, folder: string, file: DiskFile, old: readonly Segment[]) {
    this.#disk = disk
    this.#folder = folder
    this.#file = file
    this.#old = old
    this.#number = old[0]?.number ?? 1
    this.#name = segmentName(this.#number)
  }

  /** @param kept the positions of the frame's records that stay */
  async add(frame: Frame, kept: ReadonlySet<number>): Promise<void> {
    for (const { position, raw } of rawRecords(frame)) {
      if (!kept.has(position)) continue
      if (!this.#group.hasRoom(raw.length) || !this.#group.canSay(position)) await this.#flush()
      this.#group.addRaw(raw, position)
    }
  }

  /** Makes all of it safe under its own name. The header comes last. */
  async finish(identity: LogIdentity): Promise<void> {
    await this.#flush()
    const header = {
      version: formatVersion,
      number: this.#number,
      lastNumber: this.#old.at(-1)?.lastNumber ?? this.#number,
      firstPosition: this.#old[0]?.firstPosition ?? 1,
      previousBytes: 0,
      endPosition: this.#old.at(-1)?.endPosition ?? 1,
      bytes: this.#bytes,
      ...identityMarks(identity),
    }
    await writeAll(this.#file, encodeSegmentHeader(header), 0)
    await this.#file.sync()
    this.#header = header
  }

  /** Puts it in the place of the first of the old ones. */
  async rename(): Promise<Segment> {
    await this.#disk.rename(
      `${this.#folder}/${this.#name}${unfinishedSuffix}`,
      `${this.#folder}/${this.#name}`,
    )
    this.#isRenamed = true
    const segment = new Segment(this.#header as SegmentHeader, this.#bytes)
    for (const { position, offset } of this.#marks) segment.mark(position, offset)
    return segment
  }

  /** Leaves nothing open, and nothing behind that has not got its name. */
  async discard(): Promise<void> {
    await this.#file.close()
    if (!this.#isRenamed) await this.#disk.remove(`${this.#folder}/${this.#name}${unfinishedSuffix}`)
  }

  async #flush(): Promise<void> {
    if (this.#group.count === 0) return
    const frame = this.#group.seal(this.#number, this.#bytes)
    await writeAll(this.#file, frame, this.#bytes)
    this.#marks.push({ position: this.#group.firstPosition, offset: this.#bytes })
    this.#bytes += frame.length
    this.#group.clear()
    if (this.#bytes - this.#bytesSynced < syncBytes) return
    await this.#file.sync()
    this.#bytesSynced = this.#bytes
  }
}
