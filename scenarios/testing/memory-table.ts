// A memory table: a Table that crashes when it is told to, and then has lost some of its newest batches, whole ones only.
import { invariant } from '../../runtime/invariant.ts'
import type { Table, TableChange, TableEntry, TableRange } from '../../node/journal/table.ts'

/** Batches that a crash can take back; older ones are safe. */
const unsafeBatchesMax = 64
/** Entries of a range that are read at once. */
const chunkEntriesMax = 100

/** What outlives the tables that are opened on it: one for each folder. */
export class MemoryTables {
  readonly #stores = new Map<string, Store>()

  /** Opens a table, for as long as nobody else has it. */
  open(folder: string): Promise<Table> {
    const store = this.#stores.get(folder) ?? new Store()
    this.#stores.set(folder, store)
    invariant(!store.isOpen, `The table "${folder}" was opened twice`)
    store.isOpen = true
    return Promise.resolve(new MemoryTable(store))
  }

  /** The process has died, or the machine: the newest batches of all tables are lost, as many as `lose` says of those that may be. */
  crash(lose: (unsafe: number) => number = () => 0): void {
    for (const store of this.#stores.values()) {
      store.isOpen = false
      store.life++
      store.crash(lose(store.unsafe))
    }
  }

  /** Somebody has taken a folder away. */
  remove(folder: string): void {
    this.#stores.delete(folder)
  }
}

/** Keys are strings of one character for each byte: they sort alike. */
class Store {
  isOpen = false
  /** Rises with each crash. */
  life = 0
  readonly #values = new Map<string, Uint8Array>()
  #keys: readonly string[] | undefined = []
  /** How to take each of the newest batches back. */
  readonly #undo: (readonly (readonly [string, Uint8Array | undefined])[])[] = []

  get unsafe(): number {
    return this.#undo.length
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return this.#values.get(text(key))
  }

  write(changes: readonly TableChange[]): void {
    const undo = changes.map(([key, value]) => {
      const old = this.#values.get(text(key))
      this.#set(text(key), value?.slice())
      return [text(key), old] as const
    })
    this.#undo.push(undo.toReversed())
    if (this.#undo.length > unsafeBatchesMax) this.#undo.shift()
  }

  crash(lost: number): void {
    for (let count = 0; count < lost; count++) {
      for (const [key, value] of this.#undo.pop() ?? []) this.#set(key, value)
    }
    this.#undo.length = 0
  }

  keys({ gt, gte, lt, lte, reverse = false, limit = Infinity }: TableRange): readonly string[] {
    this.#keys ??= [...this.#values.keys()].toSorted()
    const first =
      gt !== undefined ? this.#place(text(gt), true) : gte !== undefined ? this.#place(text(gte), false) : 0
    const end =
      lt !== undefined
        ? this.#place(text(lt), false)
        : lte !== undefined
          ? this.#place(text(lte), true)
          : Infinity
    const count = Math.max(0, Math.min(end, this.#keys.length) - first)
    if (reverse) return this.#keys.slice(first + Math.max(0, count - limit), first + count).toReversed()
    return this.#keys.slice(first, first + Math.min(count, limit))
  }

  /** How many keys stand before a key, itself among them if asked for. */
  #place(key: string, isIncluded: boolean): number {
    const keys = this.#keys ?? []
    let [low, high] = [0, keys.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const one = keys[middle] ?? ''
      if (one < key || (isIncluded && one === key)) low = middle + 1
      else high = middle
    }
    return low
  }

  #set(key: string, value: Uint8Array | undefined): void {
    if (value === undefined ? this.#values.delete(key) : !this.#values.has(key)) this.#keys = undefined
    if (value !== undefined) this.#values.set(key, value)
  }
}

class MemoryTable implements Table {
  readonly #store: Store
  readonly #life: number
  #isClosed = false

  constructor(store: Store) {
    this.#store = store
    this.#life = store.life
  }

  async get(key: Uint8Array): Promise<Uint8Array | undefined> {
    const store = this.#open() ?? (await never())
    return store.get(key)
  }

  async getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]> {
    const store = this.#open() ?? (await never())
    return keys.map((key) => store.get(key))
  }

  async *range(range: TableRange): AsyncGenerator<readonly TableEntry[]> {
    const store = this.#open() ?? (await never())
    const entries = store.keys(range).map((key): TableEntry => {
      const bytes = Buffer.from(key, 'latin1')
      return [bytes, store.get(bytes) ?? bytes]
    })
    for (let from = 0; from < entries.length; from += chunkEntriesMax) {
      yield entries.slice(from, from + chunkEntriesMax)
    }
  }

  async write(changes: readonly TableChange[]): Promise<void> {
    const store = this.#open() ?? (await never())
    if (changes.length > 0) store.write(changes)
  }

  async clear(range: TableRange): Promise<void> {
    const store = this.#open() ?? (await never())
    await this.write(store.keys(range).map((key) => [Buffer.from(key, 'latin1'), undefined]))
  }

  async close(): Promise<void> {
    const store = this.#open() ?? (await never())
    store.isOpen = false
    this.#isClosed = true
  }

  /** Undefined for who lives on after a crash: for him nothing is done any more, and nothing is answered. */
  #open(): Store | undefined {
    invariant(!this.#isClosed, 'A table was used after its end')
    return this.#store.life === this.#life ? this.#store : undefined
  }
}

function never(): Promise<never> {
  return new Promise(() => {})
}

function text(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
}
