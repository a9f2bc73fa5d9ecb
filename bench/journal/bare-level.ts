// A bare LevelDB: a record is a pair of key and value, a group one batch that is synced.
import { ClassicLevel } from 'classic-level'
import { join } from 'node:path'
import { BareCommit } from './bare-commit.ts'
import type { BareGroup } from './bare-commit.ts'

/** Entries that are read at once. */
const entriesMax = 1_000

/** As `classic-level` opens it unless one says otherwise. It is closed by the end of the process. */
export class BareLevel {
  readonly commit: BareCommit = new BareCommit(() => this.#group())
  readonly #level: ClassicLevel<Uint8Array, Uint8Array>

  private constructor(level: ClassicLevel<Uint8Array, Uint8Array>) {
    this.#level = level
  }

  static async open(folder: string): Promise<BareLevel> {
    const level = new ClassicLevel<Uint8Array, Uint8Array>(join(folder, 'level'), {
      keyEncoding: 'view',
      valueEncoding: 'view',
    })
    await level.open()
    return new BareLevel(level)
  }

  /** Reads all records; returns how many there are. */
  async read(take: (writer: number, seq: number, body: Uint8Array) => void): Promise<number> {
    const iterator = this.#level.iterator()
    let count = 0
    for (;;) {
      const entries = await iterator.nextv(entriesMax)
      if (entries.length === 0) break
      for (const [key, body] of entries) {
        const view = new DataView(key.buffer, key.byteOffset, key.byteLength)
        take(view.getUint32(0), view.getFloat64(4), body)
        count++
      }
    }
    await iterator.close()
    return count
  }

  #group(): BareGroup {
    const batch = this.#level.batch()
    return {
      add: (writer, seq, body) => {
        const key = Buffer.allocUnsafe(12)
        key.writeUInt32BE(writer, 0)
        key.writeDoubleBE(seq, 4)
        batch.put(key, body)
      },
      commit: () => batch.write({ sync: true }),
    }
  }
}
