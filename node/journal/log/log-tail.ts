// The log's tail: the segment that is written to, the next one when it is full, and what is done when the disk fails.
import { beginningHeader, encodeSegmentHeader } from './segment-header.ts'
import { segmentHeaderBytes, segmentName } from './layout.ts'
import { failed, failedBefore, full, troubleOf } from './log-faults.ts'
import { Segment } from './segment.ts'
import { writeAll } from './write-all.ts'
import type { DiskFile, DurableDisk } from '../../../runtime/disk.ts'
import type { Fault } from '../../../runtime/fault.ts'
import type { Group } from './group.ts'
import type { LogIdentity } from './segment-header.ts'

export interface TailParts {
  readonly disk: DurableDisk
  /** Where the segments are. */
  readonly folder: string
  readonly identity: LogIdentity
  /** Bytes of a segment before the next one is begun. */
  readonly segmentBytes: number
  /** All of the log in order; the tail adds those that it begins. */
  readonly segments: Segment[]
}

/**
 * Once a segment is left it is never written again: the header of the next one says where it ends. A file whose `sync` has failed is left at
 * once, because the system may count its pages as written although they are not.
 */
export class LogTail {
  readonly #parts: TailParts
  #file: DiskFile | undefined
  #tip: number
  #failed: Fault | undefined

  /** @param file of the last segment, safe up to its `bytes`; undefined to begin a new one with the first group */
  constructor(parts: TailParts, file: DiskFile | undefined, tip: number) {
    this.#parts = parts
    this.#file = file
    this.#tip = tip
  }

  /** The position behind the last safe record. */
  get tip(): number {
    return this.#tip
  }

  /** Set once nothing can be kept any more. */
  get failed(): Fault | undefined {
    return this.#failed
  }

  /**
   * Resolves when all records of the group are safe.
   * @throws {Fault} `journal-full` nothing of it was kept · `journal-failed`
   */
  async write(group: Group): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed
    const { file, segment } = await this.#room(group.length)
    const frame = group.seal(segment.number, segment.bytes)
    try {
      await writeAll(file, frame, segment.bytes)
    } catch (error) {
      throw await this.#unwritten(file, segment, error)
    }
    try {
      await file.sync()
    } catch (error) {
      throw await this.#leave(file, segment, error)
    }
    segment.mark(group.firstPosition, segment.bytes)
    segment.bytes += frame.length
    this.#tip = group.firstPosition + group.count
    segment.endPosition = this.#tip
  }

  async close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }

  /** The segment that a frame goes to: the next one if this one is full. */
  async #room(bytes: number): Promise<{ file: DiskFile; segment: Segment }> {
    const last = this.#parts.segments.at(-1)
    const hasRoom =
      last !== undefined &&
      (last.bytes + bytes <= this.#parts.segmentBytes || last.bytes === segmentHeaderBytes)
    if (this.#file !== undefined && hasRoom) return { file: this.#file, segment: last }
    // All that it holds is safe by a sync.
    await this.close().catch(() => {})
    try {
      return await this.#begin()
    } catch (error) {
      if (troubleOf(error) === 'full') throw full(this.#nextName(), error)
      throw this.#fail(error)
    }
  }

  /** A full disk keeps nothing of the group, and the segment goes on from where it was. */
  async #unwritten(file: DiskFile, segment: Segment, error: unknown): Promise<Fault> {
    if (troubleOf(error) !== 'full') return this.#leave(file, segment, error)
    try {
      await file.truncate(segment.bytes)
      return full(segment.file, error)
    } catch {
      return this.#leave(file, segment, error)
    }
  }

  /** Leaves a segment that cannot be trusted, and begins another. */
  async #leave(file: DiskFile, segment: Segment, error: unknown): Promise<Fault> {
    this.#file = undefined
    // Both may fail as well, and nothing depends on them: the next segment's header says where this one ends.
    await file.truncate(segment.bytes).catch(() => {})
    await file.close().catch(() => {})
    try {
      await this.#begin()
    } catch (failure) {
      this.#fail(failure)
    }
    return failed(segment.file, error)
  }

  async #begin(): Promise<{ file: DiskFile; segment: Segment }> {
    const { segments, identity } = this.#parts
    const last = segments.at(-1)
    const header = beginningHeader(
      (last?.lastNumber ?? 0) + 1,
      this.#tip,
      last === undefined ? 0 : last.bytes,
      identity,
    )
    const file = await this.#create(segmentName(header.number), encodeSegmentHeader(header))
    const segment = new Segment(header, segmentHeaderBytes)
    segments.push(segment)
    this.#file = file
    return { file, segment }
  }

  /** A file of that name is what an attempt before has left behind. */
  async #create(name: string, header: Buffer): Promise<DiskFile> {
    const { disk, folder } = this.#parts
    if ((await disk.names(folder)).includes(name)) await disk.remove(`${folder}/${name}`)
    const file = await disk.open(`${folder}/${name}`, 'create')
    try {
      await writeAll(file, header, 0)
      await file.sync()
      await disk.syncFolder(folder)
      return file
    } catch (error) {
      await file.close().catch(() => {})
      throw error
    }
  }

  #fail(error: unknown): Fault {
    this.#failed = failedBefore(this.#nextName(), error)
    return this.#failed
  }

  #nextName(): string {
    return segmentName((this.#parts.segments.at(-1)?.lastNumber ?? 0) + 1)
  }
}
