// A segment scan: goes over the frames of a segment, one after the other, and finds the next good one behind bytes that are none.
import { frameHeaderBytes, frameMagic } from './layout.ts'
import { checkFrame, frameHeadAt } from './frame.ts'
import type { DiskFile } from '../../../runtime/disk.ts'
import type { Frame } from './frame.ts'

/** Bytes that are read at once, unless a frame is longer: the price of one read is small beside that of handling so many. */
const windowBytesMax = 1_048_576

/** Bytes that are no frame; `isTail` if nothing good is behind them. */
export interface Gap {
  readonly frame?: undefined
  readonly offset: number
  readonly bytes: number
  readonly isTail: boolean
}

export type ScanStep = { readonly frame: Frame } | Gap

export interface ScanRange {
  /** The number that its frames bear. */
  readonly segment: number
  readonly from: number
  /** Nothing behind it is looked at. */
  readonly to: number
}

/** Windows are not used again, so that views into them stay as they are. */
export class SegmentScan {
  readonly #file: DiskFile
  readonly #segment: number
  readonly #to: number
  #next: number
  #window: Buffer = Buffer.alloc(0)
  #windowAt = 0
  #found: Frame | undefined

  constructor(file: DiskFile, range: ScanRange) {
    this.#file = file
    this.#segment = range.segment
    this.#next = range.from
    this.#to = range.to
  }

  /** Where the next step begins. */
  get offset(): number {
    return this.#next
  }

  async step(): Promise<ScanStep | undefined> {
    if (this.#next >= this.#to) return undefined
    const frame = this.#found ?? (await this.#frameAt(this.#next))
    this.#found = undefined
    if (frame === undefined) return this.#skip()
    this.#next = frame.offset + frame.length
    return { frame }
  }

  async #skip(): Promise<Gap> {
    const offset = this.#next
    this.#found = await this.#search(offset + 1)
    this.#next = this.#found?.offset ?? this.#to
    return { offset, bytes: this.#next - offset, isTail: this.#found === undefined }
  }

  async #search(from: number): Promise<Frame | undefined> {
    let at = from
    while (at + frameHeaderBytes <= this.#to) {
      await this.#fill(at, frameHeaderBytes)
      const index = this.#window.indexOf(frameMagic, at - this.#windowAt)
      // The last bytes of a window may be the first of a magic.
      const place =
        index < 0 ? this.#windowAt + this.#window.length - frameMagic.length + 1 : this.#windowAt + index
      const frame = index < 0 ? undefined : await this.#frameAt(place)
      if (frame !== undefined) return frame
      if (index < 0 && place <= at) return undefined
      at = index < 0 ? place : place + 1
    }
    return undefined
  }

  async #frameAt(offset: number): Promise<Frame | undefined> {
    if (!(await this.#fill(offset, frameHeaderBytes))) return undefined
    const head = frameHeadAt(this.#window, offset - this.#windowAt, this.#segment, offset)
    if (head === undefined || !(await this.#fill(offset, head.length))) return undefined
    const at = offset - this.#windowAt
    return checkFrame(head, this.#window.subarray(at, at + head.length))
  }

  /** Reads so that the window has bytes of the file; false if there are not so many. */
  async #fill(offset: number, bytes: number): Promise<boolean> {
    if (offset + bytes > this.#to) return false
    const start = offset - this.#windowAt
    if (start >= 0 && start + bytes <= this.#window.length) return true
    const window = Buffer.allocUnsafeSlow(Math.min(Math.max(bytes, windowBytesMax), this.#to - offset))
    const kept = start >= 0 && start < this.#window.length ? this.#window.copy(window, 0, start) : 0
    const read = await this.#file.read(window.subarray(kept), offset + kept)
    this.#window = window.subarray(0, kept + read)
    this.#windowAt = offset
    return this.#window.length >= bytes
  }
}
