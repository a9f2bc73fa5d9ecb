// A disk in memory, for tests of what reads and writes files.
import { Fault } from '../../runtime/fault.ts'
import type { Disk } from '../../runtime/disk.ts'

/** Keeps files by their path; folders are what their paths say. */
export class MemoryDisk implements Disk {
  readonly files: Map<string, string>
  /** Set, it refuses all writing. */
  isFull = false

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.files = new Map(Object.entries(files))
  }

  async read(path: string, bytesMax: number): Promise<string> {
    const text = this.files.get(path)
    if (text === undefined) {
      const reason = (await this.list(path)).length > 0 ? 'it is no file' : 'it is not there'
      throw new Fault('file-unreadable', `Cannot read "${path}": ${reason}`, {
        hint: 'Check its path and who may read it.',
      })
    }
    if (Buffer.byteLength(text) <= bytesMax) return text
    throw new Fault('file-unreadable', `Cannot read "${path}": it has more than ${bytesMax} bytes`, {
      hint: 'Check its path and who may read it.',
    })
  }

  async append(path: string, text: string): Promise<void> {
    await this.replace(path, `${this.files.get(path) ?? ''}${text}`)
  }

  async replace(path: string, text: string): Promise<void> {
    if (this.isFull || (await this.list(path)).length > 0) {
      throw new Fault('file-unwritable', `Cannot write "${path}": the disk is full`, {
        hint: 'Check its folder and who may write there.',
      })
    }
    this.files.set(path, text)
  }

  async list(path: string): Promise<string[]> {
    const folder = path.endsWith('/') ? path : `${path}/`
    const inside = [...this.files.keys()]
      .filter((file) => file.startsWith(folder))
      .map((file) => file.slice(folder.length))
    return [
      ...new Set(inside.map((rest) => (rest.includes('/') ? `${rest.slice(0, rest.indexOf('/'))}/` : rest))),
    ].toSorted()
  }
}
