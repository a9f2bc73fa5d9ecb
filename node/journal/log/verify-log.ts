// Verification: reads a whole log, changes nothing, and says of each file what is not as it should be.
import { ActorCheck } from './actor-check.ts'
import { covered, isUnbegun, survey } from './survey.ts'
import { isCompacted } from './segment-header.ts'
import { LogWalk } from './log-walk.ts'
import { readIdentity } from './identity-file.ts'
import { readRecords } from './frame.ts'
import type { DurableDisk } from '../../../runtime/disk.ts'
import type { FoundSegment } from './survey.ts'
import type { Frame } from './frame.ts'
import type { LogIdentity } from './segment-header.ts'
import type { Segment } from './segment.ts'

/** Findings of one file that are listed; the rest is counted. */
export const fileFindingsMax = 100

/**
 * `hole` bytes that cannot be read, with the positions that may have been in them · `torn` the end of the log, which the next opening cuts · `header`
 * a last segment that was never begun · `left-over` a file that compaction has replaced · `number` an actor's numbers have a gap or a repetition ·
 * `epoch` a lower one after a higher one
 */
export type FindingKind = 'hole' | 'torn' | 'header' | 'left-over' | 'number' | 'epoch'

export interface LogFinding {
  readonly kind: FindingKind
  readonly offset: number
  readonly bytes: number
  readonly fromPosition: number
  readonly toPosition: number
  readonly note: string
}

export interface FileReport {
  readonly file: string
  readonly bytes: number
  readonly isCompacted: boolean
  readonly firstPosition: number
  records: number
  findings: LogFinding[]
  /** Those that are listed and those that are not. */
  findingCount: number
}

export interface LogReport {
  readonly identity: LogIdentity | undefined
  readonly files: readonly FileReport[]
  readonly records: number
  readonly findingCount: number
  /** Actors whose numbers were not checked, because there are more than `actorsCheckedMax`. */
  readonly uncheckedRecords: number
}

export interface VerifyOptions {
  readonly signal?: AbortSignal
  progress?(bytesDone: number, bytesAll: number): void
}

/**
 * @param folder that of the journal; the log is in it
 * @throws {Fault} `journal-newer` `journal-damaged` the identity file · `disk-failed`, and the signal's reason
 */
export async function verifyLog(
  disk: DurableDisk,
  folder: string,
  options: VerifyOptions = {},
): Promise<LogReport> {
  const identity = await readIdentity(disk, folder)
  const found = await survey(disk, `${folder}/log`, undefined)
  const verification = new Verification(found, options)
  await verification.run(disk, `${folder}/log`)
  return { identity, ...verification.report }
}

class Verification {
  readonly #found: readonly FoundSegment[]
  readonly #options: VerifyOptions
  readonly #actors = new ActorCheck()
  readonly #files = new Map<string, FileReport>()

  constructor(found: readonly FoundSegment[], options: VerifyOptions) {
    this.#found = found
    this.#options = options
  }

  get report(): Omit<LogReport, 'identity'> {
    const files = [...this.#files.values()].toSorted((one, other) => (one.file < other.file ? -1 : 1))
    return {
      files,
      records: files.reduce((sum, { records }) => sum + records, 0),
      findingCount: files.reduce((sum, { findingCount }) => sum + findingCount, 0),
      uncheckedRecords: this.#actors.unchecked,
    }
  }

  async run(disk: DurableDisk, folder: string): Promise<void> {
    for (const one of this.#found) this.#files.set(one.file, reportOf(one))
    const kept = this.#kept()
    const bytesAll = kept.reduce((sum, { size }) => sum + size, 0)
    const walk = new LogWalk(disk, folder, {
      after: 0,
      frame: (segment, frame) => this.#frame(segment, frame),
      torn: (file, offset, bytes) => this.#note(file, 'torn', { offset, bytes }),
      progress: (bytesDone) => this.#options.progress?.(bytesDone, bytesAll),
    })
    for (const [index, one] of kept.entries()) {
      if (one.header !== undefined && isCompacted(one.header)) this.#actors.thin(one.number)
      await walk.take(one, kept[index + 1])
      this.#options.signal?.throwIfAborted()
    }
    for (const { file, ...place } of walk.ledger.holes) this.#note(file, 'hole', place)
  }

  /** Those that the log consists of. */
  #kept(): FoundSegment[] {
    const leftOver = covered(this.#found)
    for (const { file, size } of leftOver) this.#note(file, 'left-over', { bytes: size })
    const kept = this.#found.filter((one) => !leftOver.includes(one))
    const last = kept.at(-1)
    if (last === undefined || !isUnbegun(last)) return kept
    this.#note(last.file, 'header', { bytes: last.size })
    return kept.slice(0, -1)
  }

  #frame(segment: Segment, frame: Frame): void {
    this.#options.signal?.throwIfAborted()
    const report = this.#files.get(segment.file)
    if (report !== undefined) report.records += frame.count
    for (const record of readRecords(frame, 0)) {
      const flaw = this.#actors.take(record, segment.number)
      if (flaw === undefined) continue
      const { position } = record
      const place = { offset: frame.offset, fromPosition: position, toPosition: position + 1 }
      this.#note(segment.file, flaw.kind, { ...place, note: flaw.note })
    }
  }

  #note(file: string, kind: FindingKind, place: Partial<LogFinding>): void {
    const report = this.#files.get(file) ?? reportOf({ file, number: 0, size: 0, header: undefined })
    this.#files.set(file, report)
    report.findingCount++
    if (report.findings.length >= fileFindingsMax) return
    report.findings.push({
      offset: 0,
      bytes: 0,
      fromPosition: 0,
      toPosition: 0,
      note: notes[kind],
      ...place,
      kind,
    })
  }
}

const notes: Readonly<Record<FindingKind, string>> = {
  hole: 'bytes are missing or not as they were written',
  torn: 'what was being written at the end; the next opening cuts it',
  header: 'a segment that was never begun; the next opening takes it away',
  'left-over': 'compaction has put another in its place; the next opening takes it away',
  number: 'the numbers of an actor have a gap or a repetition',
  epoch: 'a lower epoch after a higher one',
}

function reportOf({ file, size, header }: FoundSegment): FileReport {
  return {
    file,
    bytes: size,
    isCompacted: header !== undefined && isCompacted(header),
    firstPosition: header?.firstPosition ?? 0,
    records: 0,
    findings: [],
    findingCount: 0,
  }
}
