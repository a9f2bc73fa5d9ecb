// An export file: lines written and read piece by piece, with a sum over all of them, so that a file that was cut is noticed.
import { crc32 } from 'node:zlib'
import { escapeText } from '../../runtime/escape.ts'
import { Fault } from '../../runtime/fault.ts'
import { describeThrown } from '../../runtime/thrown.ts'
import { exportLineMax, malformed } from './export-line.ts'
import type { DiskFile, DurableDisk } from '../../runtime/disk.ts'

/** Bytes that are read or written at once. */
export const pieceBytesMax = 262_144

const lineEnd = 10

/** Writes a file that must not be there yet. */
export class ExportWriter {
  readonly #file: DiskFile
  readonly #path: string
  readonly #disk: DurableDisk
  #waiting: Buffer[] = []
  #waitingBytes = 0
  #offset = 0
  #crc = 0
  #lines = 0

  private constructor(disk: DurableDisk, path: string, file: DiskFile) {
    this.#disk = disk
    this.#path = path
    this.#file = file
  }

  /** @throws {Fault} `file-unwritable` */
  static async create(disk: DurableDisk, path: string): Promise<ExportWriter> {
    const file = await written(path, () => disk.open(path, 'create'))
    return new ExportWriter(disk, path, file)
  }

  /** Lines so far, and the sum of all their bytes as eight digits. */
  get sum(): { readonly lines: number; readonly crc32: string } {
    return { lines: this.#lines, crc32: hex(this.#crc) }
  }

  /** Bytes so far. */
  get bytes(): number {
    return this.#offset + this.#waitingBytes
  }

  /** Adds a line; waits for the disk where enough has come together. @throws {Fault} `file-unwritable` */
  async write(text: string): Promise<void> {
    const bytes = Buffer.from(`${text}\n`)
    this.#crc = crc32(bytes, this.#crc)
    this.#lines++
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.byteLength
    if (this.#waitingBytes >= pieceBytesMax) await this.#flush()
  }

  /** Makes it safe. @throws {Fault} `file-unwritable` */
  async finish(): Promise<void> {
    await this.#flush()
    await written(this.#path, async () => {
      await this.#file.sync()
      await this.#file.close()
    })
  }

  /** Leaves nothing of it. Never throws. */
  async discard(): Promise<void> {
    await this.#file.close().catch(() => {})
    await this.#disk.remove(this.#path).catch(() => {})
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#waiting)
    this.#waiting = []
    this.#waitingBytes = 0
    await written(this.#path, async () => {
      let at = 0
      while (at < bytes.byteLength) at += await this.#file.write(bytes.subarray(at), this.#offset + at)
    })
    this.#offset += bytes.byteLength
  }
}

/** One line as it was read. */
export interface ReadLine {
  readonly text: string
  /** From 1. */
  readonly number: number
  /** Of all bytes before this line. */
  readonly crc: string
  /** Bytes up to its end. */
  readonly end: number
  /** Whether its end of line is there. */
  readonly isEnded: boolean
}

/** Reads a file line by line; the bytes of one line at a time are in memory. */
export class ExportReader {
  readonly #file: DiskFile
  readonly #path: string
  readonly bytes: number

  private constructor(path: string, file: DiskFile, bytes: number) {
    this.#path = path
    this.#file = file
    this.bytes = bytes
  }

  /** @throws {Fault} `file-unreadable` */
  static async open(disk: DurableDisk, path: string): Promise<ExportReader> {
    return await readable(path, async () => {
      const file = await disk.open(path, 'read')
      return new ExportReader(path, file, await file.size())
    })
  }

  /** From the beginning, each time. @throws {Fault} `file-unreadable` `export-malformed` a line is too long, or no UTF-8 */
  async *lines(): AsyncGenerator<ReadLine, void, void> {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    const sum = { crc: 0, number: 0, end: 0 }
    const lineFrom = (bytes: Buffer, isEnded: boolean): ReadLine => {
      const before = hex(sum.crc)
      sum.crc = crc32(isEnded ? Buffer.concat([bytes, Buffer.of(lineEnd)]) : bytes, sum.crc)
      sum.number++
      sum.end += bytes.byteLength + (isEnded ? 1 : 0)
      const text = decoded(decoder, bytes, sum.number)
      return { text, number: sum.number, crc: before, end: sum.end, isEnded }
    }
    let rest: Buffer[] = []
    let restBytes = 0
    for await (const piece of this.#pieces()) {
      let from = 0
      for (let at = piece.indexOf(lineEnd); at >= 0; at = piece.indexOf(lineEnd, from)) {
        yield lineFrom(Buffer.concat([...rest, piece.subarray(from, at)]), true)
        rest = []
        restBytes = 0
        from = at + 1
      }
      rest.push(piece.subarray(from))
      restBytes += piece.byteLength - from
      if (restBytes > exportLineMax)
        throw malformed(sum.number + 1, 1, `it is longer than ${exportLineMax} bytes`)
    }
    if (restBytes > 0) yield lineFrom(Buffer.concat(rest), false)
  }

  async close(): Promise<void> {
    await this.#file.close()
  }

  async *#pieces(): AsyncGenerator<Buffer, void, void> {
    for (let offset = 0; ;) {
      const piece = Buffer.alloc(pieceBytesMax)
      const at = offset
      const count = await readable(this.#path, () => this.#file.read(piece, at))
      if (count > 0) yield piece.subarray(0, count)
      offset += count
      if (count < piece.byteLength) return
    }
  }
}

function decoded(decoder: TextDecoder, bytes: Buffer, number: number): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw malformed(number, 1, 'it is no UTF-8')
  }
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0')
}

async function written<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write()
  } catch (error) {
    throw new Fault('file-unwritable', `Cannot write "${escapeText(path, 300)}": ${reasonOf(error)}`, {
      hint: 'Name a file that is not there yet, in a folder that this user may write to and that has room.',
      cause: error,
    })
  }
}

async function readable<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    throw new Fault('file-unreadable', `Cannot read "${escapeText(path, 300)}": ${reasonOf(error)}`, {
      hint: 'Check its path and who may read it.',
      cause: error,
    })
  }
}

/** In the words of other files, where the disk tells the trouble. */
function reasonOf(error: unknown): string {
  const trouble = Fault.is(error) ? error.details?.['trouble'] : undefined
  switch (trouble) {
    case 'missing':
      return 'it is not there'
    case 'exists':
      return 'it is there already'
    case 'forbidden':
      return 'this user may not'
    case 'full':
      return 'the disk is full'
    case 'read-only':
      return 'the disk is read-only'
    case 'not-a-file':
      return 'it is no file'
    default:
      return describeThrown(error).message
  }
}
