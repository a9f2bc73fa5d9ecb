// A bare file: records one after the other, synced group by group, and read again from the beginning.
import { fdatasync, openSync, readSync, write } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { BareCommit } from './bare-commit.ts'
import type { BareGroup } from './bare-commit.ts'

/** Length of the body, writer and number. */
const headBytes = 16
/** A buffer begins with so much and doubles; so much is read at once. */
const windowBytes = 1_048_576

const writeAt = promisify(write)
const sync = promisify(fdatasync)

/** It is closed by the end of the process. */
export class BareFile {
  readonly commit: BareCommit = new BareCommit(() => this.#group())
  readonly #fd: number
  #length = 0
  readonly #spares: Buffer[] = []

  constructor(folder: string) {
    this.#fd = openSync(join(folder, 'records'), 'w+')
  }

  /** Reads all records; returns how many there are. */
  read(take: (writer: number, seq: number, body: Uint8Array) => void): number {
    let count = 0
    let kept: Buffer = Buffer.alloc(0)
    for (let at = 0; at < this.#length;) {
      const window = Buffer.concat([kept, Buffer.allocUnsafe(windowBytes)])
      const end = kept.length + readSync(this.#fd, window, kept.length, windowBytes, at)
      at += end - kept.length
      let from = 0
      for (; from + headBytes <= end; count++) {
        const next = from + headBytes + window.readUInt32LE(from)
        if (next > end) break
        take(
          window.readUInt32LE(from + 4),
          window.readDoubleLE(from + 8),
          window.subarray(from + headBytes, next),
        )
        from = next
      }
      kept = window.subarray(from, end)
    }
    return count
  }

  #group(): BareGroup {
    let buffer = this.#spares.pop() ?? Buffer.allocUnsafe(windowBytes)
    let end = 0
    return {
      add: (writer, seq, body) => {
        const next = end + headBytes + body.length
        if (next > buffer.length) buffer = Buffer.concat([buffer, Buffer.allocUnsafe(buffer.length)])
        buffer.writeUInt32LE(body.length, end)
        buffer.writeUInt32LE(writer, end + 4)
        buffer.writeDoubleLE(seq, end + 8)
        buffer.set(body, end + headBytes)
        end = next
      },
      commit: async () => {
        const { bytesWritten } = await writeAt(this.#fd, buffer, 0, end, this.#length)
        if (bytesWritten !== end) throw new Error(`the disk took ${bytesWritten} of ${end} bytes`)
        await sync(this.#fd)
        this.#length += end
        this.#spares.push(buffer)
      },
    }
  }
}
