// A hole ledger: follows the positions through a log, and says which of them may have been in what could not be read.
import { isCompacted } from './segment-header.ts'
import { recordHeaderBytes, segmentHeaderBytes, segmentName } from './layout.ts'
import type { Frame } from './frame.ts'
import type { FoundSegment } from './survey.ts'
import type { LogHole } from './stored-record.ts'

type Lack = Pick<LogHole, 'file' | 'offset' | 'bytes'>

/** A hole is closed by the next position that is known. */
export class HoleLedger {
  readonly holes: LogHole[] = []
  /** The position that comes next if nothing is missing. */
  expected = 1
  #number = 1
  #open: Lack[] = []
  #readTo: Lack = { file: segmentName(1), offset: 0, bytes: 0 }
  readonly #damaged = new Set<string>()

  /** Bytes are no group, or not there. */
  lack(file: string, offset: number, bytes: number): void {
    this.#open.push({ file, offset, bytes })
    this.#damaged.add(file)
  }

  isDamaged(file: string): boolean {
    return this.#damaged.has(file)
  }

  begin({ number, file, header }: FoundSegment): void {
    if (number > this.#number) this.lack(segmentName(this.#number), 0, 0)
    if (header !== undefined) this.#settle(header.firstPosition)
    else this.lack(file, 0, segmentHeaderBytes)
    this.#number = (header?.lastNumber ?? number) + 1
    this.#readTo = { file, offset: segmentHeaderBytes, bytes: 0 }
  }

  /** Whether a frame can follow what came before; then it does. */
  fits({ file, header }: FoundSegment, frame: Frame): boolean {
    const { firstPosition, lastPosition } = frame
    const mayLeap = header !== undefined && isCompacted(header)
    const isDense = lastPosition - firstPosition + 1 === frame.count
    if (firstPosition < this.expected || !(mayLeap || isDense)) return false
    if (!mayLeap || this.#open.length > 0) this.#settle(firstPosition)
    this.expected = lastPosition + 1
    this.#readTo = { file, offset: frame.offset + frame.length, bytes: 0 }
    return true
  }

  /** Of a segment nothing follows; what it says itself of its end, or the next one does, is believed. */
  end({ header }: FoundSegment, next: FoundSegment | undefined): void {
    if (header !== undefined && isCompacted(header)) {
      if (this.#open.length > 0) this.#settle(header.endPosition)
      this.expected = Math.max(this.expected, header.endPosition)
    }
    if (next !== undefined || this.#open.length === 0) return
    const bytes = this.#open.reduce((sum, one) => sum + one.bytes, 0)
    // Nobody knows how many records there were: no position is given again that one of them may have had.
    this.#settle(this.expected + Math.ceil(bytes / recordHeaderBytes))
  }

  /** Somebody knows that the log has been so far. */
  reach(position: number): void {
    this.#settle(position)
  }

  #settle(to: number): void {
    if (to > this.expected && this.#open.length === 0) {
      this.#open.push(this.#readTo)
      this.#damaged.add(this.#readTo.file)
    }
    const fromPosition = this.expected
    const toPosition = Math.max(to, fromPosition)
    for (const lack of this.#open) this.holes.push({ ...lack, fromPosition, toPosition })
    this.#open = []
    this.expected = toPosition
  }
}
