// Known records: what a journal has of actors whose records are compared one by one, read some at a time.
import type { Journal, JournalRecord } from '../../runtime/journal.ts'

/** Records of one actor that are read at once. */
const pageRecordsMax = 64
/** Bytes of all that is remembered, with about as many as a record takes besides its body. */
export const knownBytesMax = 67_108_864
const recordBytes = 256

interface Page {
  readonly records: readonly JournalRecord[]
  readonly bytes: number
  /** The actor has none behind it. */
  readonly isLast: boolean
}

export class KnownRecords {
  readonly #journal: Journal
  /** The one that was used last stands last. */
  readonly #pages = new Map<string, Page>()
  #bytes = 0

  constructor(journal: Journal) {
    this.#journal = journal
  }

  /** Records from a number on: all with that number, and the next ones as far as they are at hand; empty if there are none. */
  async from(id: string, seq: number): Promise<readonly JournalRecord[]> {
    const known = this.#pages.get(id)
    const page = known !== undefined && covers(known, seq) ? known : await this.#read(id, seq)
    this.#pages.delete(id)
    this.#pages.set(id, page)
    const start = page.records.findIndex((record) => record.seq >= seq)
    return start < 0 ? [] : page.records.slice(start, start + 3)
  }

  /** Nobody asks for these any more. */
  forget(id: string): void {
    this.#bytes -= this.#pages.get(id)?.bytes ?? 0
    this.#pages.delete(id)
  }

  async #read(id: string, seq: number): Promise<Page> {
    const records = await this.#journal.read(id, seq, pageRecordsMax)
    const bytes = records.reduce((sum, { body }) => sum + body.byteLength + recordBytes, recordBytes)
    this.forget(id)
    this.#bytes += bytes
    for (const oldest of this.#pages.keys()) {
      if (this.#bytes <= knownBytesMax) break
      this.forget(oldest)
    }
    return { records, bytes, isLast: records.length < pageRecordsMax }
  }
}

/** Whether a page says all about a number: the records of its last one may go on behind it. */
function covers({ records, isLast }: Page, seq: number): boolean {
  const [first, last] = [records[0], records.at(-1)]
  if (first === undefined || last === undefined || first.seq > seq) return false
  return isLast || seq < last.seq
}
