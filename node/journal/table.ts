// A table: bytes by keys in their order, changed in atomic batches. A contract; level-table.ts has the real one, the test kit one that can crash.

/** One key and its value. Whoever gets one may keep it and leaves it as it is. */
export type TableEntry = readonly [key: Uint8Array, value: Uint8Array]

/** A key gets a value, or goes away. */
export type TableChange = readonly [key: Uint8Array, value: Uint8Array | undefined]

/** Keys between two others, by their bytes. */
export interface TableRange {
  readonly gt?: Uint8Array | undefined
  readonly gte?: Uint8Array | undefined
  readonly lt?: Uint8Array | undefined
  readonly lte?: Uint8Array | undefined
  /** From the last one down. */
  readonly reverse?: boolean | undefined
  /** How many at most; Infinity for all. */
  readonly limit?: number | undefined
}

/** Every method throws the Fault `index-damaged` when what was stored cannot be read any more, and `index-failed` for anything else. */
export interface Table {
  get(key: Uint8Array): Promise<Uint8Array | undefined>
  /** In the order of the keys asked for. */
  getMany(keys: readonly Uint8Array[]): Promise<readonly (Uint8Array | undefined)[]>
  /** Entries as they were when the first chunk was read, some at a time, never an empty chunk. */
  range(range: TableRange): AsyncIterable<readonly TableEntry[]>
  /**
   * Changes all or nothing, in this order. Read at once; safe at some later time: a crash takes back whole batches, the newest first,
   * and the end of the process none. Keys and values are left alone until it settles.
   */
  write(changes: readonly TableChange[]): Promise<void>
  /** Takes keys away, not atomically. */
  clear(range: TableRange): Promise<void>
  /** Lets what runs come to its end; nothing is called after it. */
  close(): Promise<void>
}
