// A place for a journal in tests: a disk and tables in memory that can crash, and what opens a journal there.
import { SystemClock } from '../../../node/system-clock.ts'
import { openJournal } from '../../../node/journal/open-journal.ts'
import { CrashDisk } from '../../../scenarios/testing/crash-disk.ts'
import { MemoryTables } from '../../../scenarios/testing/memory-table.ts'
import { Writer } from '../../contracts/journal-writer.ts'
import type { DiskJournal } from '../../../node/journal/disk-journal.ts'
import type { Random } from '../../../runtime/random.ts'
import type { Table, TableEntry } from '../../../node/journal/table.ts'

export class JournalPlace {
  disk: CrashDisk = new CrashDisk()
  readonly tables: MemoryTables = new MemoryTables()
  checkpointBytes: number | undefined = undefined
  segmentBytes: number | undefined = undefined
  compactBytes: number | undefined = undefined

  open(table?: (folder: string) => Promise<Table>): Promise<DiskJournal> {
    return openJournal({
      disk: this.disk,
      table: table ?? this.tables.open.bind(this.tables),
      folder: 'j',
      identity: { cluster: 'c1', node: 'amsterdam' },
      clock: new SystemClock(),
      checkpointBytes: this.checkpointBytes,
      segmentBytes: this.segmentBytes,
      compactBytes: this.compactBytes,
    })
  }

  /** The machine falls; what the next one finds is drawn. */
  crash(random: Random): void {
    this.disk = this.disk.crash(random)
    this.tables.crash((unsafe) => random.integer(unsafe + 1))
  }

  /** The process dies, the machine goes on. */
  die(): void {
    this.disk.halt()
    this.disk = this.disk.clone()
    this.tables.crash()
  }

  get segments(): string[] {
    return this.disk.files().filter((file) => file.endsWith('.log'))
  }

  /** Changes one bit of each value in the index whose key begins with a byte. */
  async rotIndex(kind: number): Promise<void> {
    await this.#index(async (table) => {
      const found: TableEntry[] = []
      for await (const chunk of table.range({ gte: Uint8Array.of(kind), lt: Uint8Array.of(kind + 1) })) {
        found.push(...chunk)
      }
      await table.write(
        found.map(([key, value]) => {
          const rotten = value.slice()
          rotten.set([rotten.at(-1)! ^ 1], rotten.length - 1)
          return [key, rotten]
        }),
      )
    })
  }

  /** Changes a bit in the body of a record in the log. */
  rotRecord(body: string): void {
    for (const file of this.segments) {
      const at = Buffer.from(this.disk.contents(file)).indexOf(body)
      if (at >= 0) this.disk.flip(file, at * 8)
    }
  }

  async #index(change: (table: Table) => Promise<void>): Promise<void> {
    const table = await this.tables.open('j/index')
    await change(table)
    await table.close()
  }
}

/** What an actor has, as `kind number text` of each record that recovery gives. */
export async function recovered(journal: DiskJournal, id: string): Promise<string[]> {
  const { found } = await Writer.open(journal, id)
  return found.map(({ kind, seq, body }) => `${kind} ${seq} ${Buffer.from(body)}`)
}
