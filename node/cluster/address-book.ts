// An address book: which nodes there are and where they were reached last, kept so that a node that starts again finds the others.
import type { Disk } from '../../runtime/disk.ts'
import type { PeerId } from '../../runtime/transport.ts'

/** Nodes in the book. */
export const bookPeersMax = 1_000
/** Bytes of the book's file. */
export const bookBytesMax = 1_048_576

export interface BookEntry {
  readonly peer: PeerId
  readonly name: string
  readonly addresses: readonly string[]
}

export class AddressBook {
  readonly #disk: Disk
  readonly #file: string
  readonly #failed: (fault: unknown) => void
  #entries: readonly BookEntry[] = []
  #text = ''
  #written: Promise<void> | undefined = undefined
  #isStale = false

  /** @param failed hears what could not be kept */
  constructor(disk: Disk, file: string, failed: (fault: unknown) => void = () => undefined) {
    this.#disk = disk
    this.#file = file
    this.#failed = failed
  }

  get entries(): readonly BookEntry[] {
    return this.#entries
  }

  /** Reads what was kept; a book that cannot be read is an empty one, and written anew. */
  async open(): Promise<void> {
    try {
      const value: unknown = JSON.parse(await this.#disk.read(this.#file, bookBytesMax))
      this.#entries = (Array.isArray(value) ? value : []).flatMap(entryOf).slice(0, bookPeersMax)
    } catch {
      this.#entries = []
    }
  }

  /** These are the others now, and those that were; of too many the last are forgotten. */
  keep(entries: readonly BookEntry[]): void {
    const kept = entries.slice(0, bookPeersMax)
    const text = JSON.stringify(kept, undefined, 1)
    if (text === this.#text) return
    this.#text = text
    this.#entries = kept
    this.#isStale = true
    this.#written ??= this.#write()
  }

  /** Resolves once what was kept last is written, or cannot be. */
  async settled(): Promise<void> {
    await this.#written
  }

  async #write(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false
      try {
        await this.#disk.replace(this.#file, this.#text)
      } catch (fault) {
        // The next change is written again; until then the seeds are all that a start has.
        this.#failed(fault)
      }
    }
    this.#written = undefined
  }
}

function entryOf(value: unknown): BookEntry[] {
  const { peer, name, addresses } = Object(value) as Record<string, unknown>
  if (typeof peer !== 'string' || typeof name !== 'string' || !Array.isArray(addresses)) return []
  return [{ peer, name, addresses: addresses.filter((one) => typeof one === 'string') }]
}
