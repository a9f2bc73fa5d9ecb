// The opening of a log: hands over what is in it, ends what a crash has left unfinished, and says where it goes on.
import { readRecords } from './frame.ts'
import { covered, isUnbegun, survey, unfinishedSuffix } from './survey.ts'
import { isCompacted } from './segment-header.ts'
import { LogTail } from './log-tail.ts'
import { LogWalk } from './log-walk.ts'
import type { DiskFile } from '../../../runtime/disk.ts'
import type { Frame } from './frame.ts'
import type { FoundSegment } from './survey.ts'
import type { LogFindings, StoredRecord } from './stored-record.ts'
import type { Segment } from './segment.ts'
import type { TailParts } from './log-tail.ts'

export interface LogOpening {
  /** Records with higher positions than this are handed over, 0 for all. The rest is read only as far as is needed to find them. */
  readonly after: number
  /** In order, those of one group at a time. Bodies are views: who keeps a few of many copies them. */
  replay(records: readonly StoredRecord[]): void | Promise<void>
  progress?(bytesDone: number, bytesAll: number): void
}

/** Files are changed only to cut a torn tail and to take away what nothing refers to. */
export class Opening {
  readonly #parts: TailParts
  readonly #wanted: LogOpening
  readonly #walk: LogWalk
  #bytesAll = 0
  #tornBytes = 0
  #isShort = false
  #tornFile: string | undefined

  constructor(parts: TailParts, wanted: LogOpening) {
    this.#parts = parts
    this.#wanted = wanted
    this.#walk = new LogWalk(parts.disk, parts.folder, {
      after: wanted.after,
      frame: (_, frame) => this.#replay(frame),
      torn: (file, _, bytes) => this.#torn(file, bytes),
      progress: (bytesDone) => wanted.progress?.(bytesDone, this.#bytesAll),
    })
  }

  get findings(): LogFindings {
    const { holes } = this.#walk.ledger
    const short = this.#isShort ? { isShort: true as const } : {}
    return this.#tornFile === undefined
      ? { tornBytes: 0, holes, ...short }
      : { tornBytes: this.#tornBytes, tornFile: this.#tornFile, holes, ...short }
  }

  /** @throws {Fault} `journal-newer` `journal-foreign` `disk-failed`, and what `replay` throws */
  async run(): Promise<LogTail> {
    const found = await this.#tidied()
    this.#bytesAll = found.reduce((sum, { size }) => sum + size, 0)
    const { segments } = this.#parts
    for (const [index, one] of found.entries()) segments.push(await this.#walk.take(one, found[index + 1]))
    const { ledger } = this.#walk
    this.#isShort = ledger.expected <= this.#wanted.after
    ledger.reach(this.#wanted.after + 1)
    const last = found.at(-1)
    const goesOn = last?.header !== undefined && !isCompacted(last.header)
    const file = goesOn ? await this.#reopened(segments.at(-1) as Segment) : undefined
    return new LogTail(this.#parts, file, ledger.expected)
  }

  /** Without what a crash has left behind: unfinished files, segments that another stands for, a last one that was never begun. */
  async #tidied(): Promise<FoundSegment[]> {
    const { disk, folder, identity } = this.#parts
    const found = await survey(disk, folder, identity)
    const names = await disk.names(folder)
    const rest = [
      ...names.filter((name) => name.endsWith(unfinishedSuffix)),
      ...covered(found).map(({ file }) => file),
    ]
    const kept = found.filter(({ file }) => !rest.includes(file))
    const last = kept.at(-1)
    if (last !== undefined && isUnbegun(last)) {
      kept.pop()
      rest.push(last.file)
      this.#torn(last.file, last.size)
    }
    for (const name of rest) await disk.remove(`${folder}/${name}`)
    if (rest.length > 0) await disk.syncFolder(folder)
    return kept
  }

  async #replay(frame: Frame): Promise<void> {
    const { after } = this.#wanted
    if (frame.lastPosition > after) await this.#wanted.replay(readRecords(frame, after))
  }

  /** What was read may have been in memory alone: before anybody builds on it, it is made safe. */
  async #reopened(last: Segment): Promise<DiskFile> {
    const { disk, folder } = this.#parts
    const file = await disk.open(`${folder}/${last.file}`, 'write')
    try {
      if ((await file.size()) > last.bytes) await file.truncate(last.bytes)
      await file.sync()
      await disk.syncFolder(folder)
      return file
    } catch (error) {
      await file.close().catch(() => {})
      throw error
    }
  }

  #torn(file: string, bytes: number): void {
    this.#tornBytes += bytes
    this.#tornFile = file
  }
}
