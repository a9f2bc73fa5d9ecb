// A memory journal: keeps records as long as the process lives. For tests, and for nodes that may forget.
import { Fault } from '../../runtime/fault.ts'
import { recordsAtOnceMax } from '../../runtime/journal.ts'
import { Shelf } from './shelf.ts'
import { claimFenced, closed, fenced, shown, tooLarge } from './refused-append.ts'
import type { Clock } from '../../runtime/clock.ts'
import type {
  Append,
  Claim,
  FeedOptions,
  FeedPage,
  Journal,
  JournalHead,
  JournalRecord,
} from '../../runtime/journal.ts'

/** Bytes that a memory journal holds unless told otherwise; as many may wait until they are safe. */
export const memoryJournalBytesMax = 134_217_728
/** What a record takes besides its body and its texts. */
const recordHeadBytes = 256
/** Records that are handed out between two turns of the event loop. */
const pageRecordsMax = 1_000

type Done = (fault: Fault | undefined) => void
type Wakes = readonly { readonly id: string; readonly wakeMs: number }[]

/** A failure that a test has asked for. */
interface Failure {
  readonly fault: Fault
  readonly isKept: boolean
}

/**
 * A Journal whose records are safe in the next turn of the event loop. What was asked for is done in its order, so that a claim finds all
 * that was appended before it.
 */
export class MemoryJournal implements Journal {
  #clock: Clock
  readonly #bytesMax: number
  readonly #shelves = new Map<string, Shelf>()
  readonly #byPosition = new Map<number, JournalRecord>()
  /** When actors have to be awake, those alone that ever have to. */
  readonly #wakes = new Map<string, number>()
  readonly #listeners = new Set<() => void>()
  readonly #failures: Failure[] = []
  #queue: (() => void)[] = []
  /** Of all names with records, in their order; undefined if there is a new one. */
  #names: readonly string[] | undefined = undefined
  /** No epoch of a shelf that was cleared away is given again. */
  #clearedEpoch = 0
  #keptBytes = 0
  #waitingBytes = 0
  #tip = 1
  #life = 0
  #isHeld = false
  #isClosed = false
  #isDue = false

  constructor(clock: Clock, options: { readonly bytesMax?: number } = {}) {
    this.#clock = clock
    this.#bytesMax = options.bytesMax ?? memoryJournalBytesMax
  }

  get tip(): number {
    return this.#tip
  }

  /** Bytes that it holds, heads included. */
  get bytes(): number {
    return this.#keptBytes
  }

  async recover(
    id: string,
    epoch: number | undefined,
    take: (records: readonly JournalRecord[]) => void,
  ): Promise<Claim> {
    this.#checkOpen(`recover "${id}"`)
    const { promise, resolve, reject } = Promise.withResolvers<readonly [Claim, JournalRecord[]]>()
    this.#enqueue(() => {
      try {
        resolve(this.#claim(id, epoch))
      } catch (fault) {
        reject(fault)
      }
    })
    const [claim, records] = await promise
    try {
      for (let from = 0; from < records.length; from += pageRecordsMax) {
        if (from > 0) await this.#turn()
        take(records.slice(from, from + pageRecordsMax).map(handOut))
      }
    } catch (error) {
      // Nobody knows of the claim.
      this.release(id, claim.epoch)
      throw error
    }
    return claim
  }

  append(append: Append, done: Done): void {
    const bytes = recordBytes(append)
    const fault = this.#isClosed
      ? closed(`keep ${shown(append)}`)
      : (tooLarge(append) ?? this.#excess(append, this.#waitingBytes, bytes))
    if (fault !== undefined) {
      this.#enqueue(() => done(fault))
      return
    }
    const own = { ...append, body: new Uint8Array(append.body), tags: [...append.tags] }
    this.#waitingBytes += bytes
    this.#enqueue(() => {
      this.#waitingBytes -= bytes
      done(this.#keep(own))
    })
  }

  release(id: string, epoch: number): void {
    if (this.#isClosed) return
    this.#enqueue(() => {
      const shelf = this.#shelves.get(id)
      if (shelf === undefined || shelf.owner !== epoch) return
      shelf.owner = undefined
      if (shelf.seq > 0) return
      this.#clearedEpoch = Math.max(this.#clearedEpoch, shelf.epoch)
      this.#shelves.delete(id)
    })
  }

  async read(id: string, fromSeq: number, countMax: number): Promise<readonly JournalRecord[]> {
    this.#checkOpen(`read the records of "${id}"`)
    const records = this.#shelves.get(id)?.read(fromSeq, Math.min(countMax, recordsAtOnceMax))
    return records?.map(handOut) ?? []
  }

  async feed(from: number, { countMax, tags }: FeedOptions): Promise<FeedPage> {
    this.#checkOpen('read the journal')
    const records: JournalRecord[] = []
    const [first = this.#tip] = this.#byPosition.keys()
    const most = Math.min(countMax, recordsAtOnceMax)
    let next = Math.max(from, first)
    const end = Math.min(this.#tip, next + recordsAtOnceMax)
    for (; next < end && records.length < most; next++) {
      const record = this.#byPosition.get(next)
      if (record === undefined) continue
      if (tags === undefined || record.tags.some((tag) => tags.includes(tag))) records.push(handOut(record))
    }
    return { records, next }
  }

  onTip(listener: () => void): () => void {
    // Each call is one listener, whatever function it brings.
    const own = (): void => listener()
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  async heads(after: string | undefined, countMax: number): Promise<readonly JournalHead[]> {
    this.#checkOpen('list the journal')
    this.#names ??= [...this.#shelves.keys()].filter((id) => this.#shelves.get(id)?.head()).toSorted()
    const names = this.#names
    const start = after === undefined ? 0 : names.findIndex((id) => id > after)
    if (start < 0) return []
    const page = names.slice(start, start + Math.min(countMax, recordsAtOnceMax))
    return page.flatMap((id) => this.#shelves.get(id)?.head() ?? [])
  }

  async wakes(untilMs: number, countMax: number): Promise<Wakes> {
    this.#checkOpen('read what is due')
    return [...this.#wakes]
      .filter(([, wakeMs]) => wakeMs <= untilMs)
      .map(([id, wakeMs]) => ({ id, wakeMs }))
      .toSorted((a, b) => a.wakeMs - b.wakeMs || (a.id < b.id ? -1 : 1))
      .slice(0, Math.min(countMax, recordsAtOnceMax))
  }

  close(): Promise<void> {
    this.#isClosed = true
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#enqueue(resolve)
    return promise
  }

  /** For tests: nothing becomes safe, and nobody is answered, until `letGo`. */
  hold(): void {
    this.#isHeld = true
  }

  letGo(): void {
    this.#isHeld = false
    this.#schedule()
  }

  /** For tests: the next append fails. @param isKept whether its record is found all the same, where the fault's outcome is unknown */
  failNext(fault: Fault, isKept = false): void {
    this.#failures.push({ fault, isKept: isKept && fault.outcome === 'unknown' })
  }

  /** For tests: the process has died, and the next one opens the journal. What was not safe is gone without a word, nobody owns a thing. */
  reboot(clock: Clock = this.#clock): void {
    this.#clock = clock
    this.#life++
    this.#queue = []
    this.#waitingBytes = 0
    this.#failures.length = 0
    this.#listeners.clear()
    this.#isHeld = this.#isClosed = this.#isDue = false
    for (const shelf of this.#shelves.values()) shelf.owner = undefined
  }

  #claim(id: string, wanted: number | undefined): readonly [Claim, JournalRecord[]] {
    const known = this.#shelves.get(id)
    const epoch = wanted ?? Math.max(known?.epoch ?? 0, known === undefined ? this.#clearedEpoch : 0) + 1
    if (known !== undefined && epoch <= known.epoch) throw claimFenced(id, epoch, known.epoch)
    const shelf = known ?? new Shelf(id)
    this.#shelves.set(id, shelf)
    shelf.epoch = shelf.owner = epoch
    return [{ epoch, seq: shelf.seq }, shelf.recovery()]
  }

  #keep(append: Append): Fault | undefined {
    const shelf = this.#shelves.get(append.id)
    const flaw = shelf === undefined ? fenced(append, undefined) : shelf.flaw(append)
    if (shelf === undefined || flaw !== undefined) return flaw
    const dropped = shelf.dropped(append)
    const freed = dropped.reduce((bytes, record) => bytes + recordBytes(record), 0)
    const full = this.#excess(append, this.#keptBytes - freed, recordBytes(append))
    if (full !== undefined) return full
    const failure = this.#failures.shift()
    if (failure?.fault.outcome === 'unknown') shelf.owner = undefined
    if (failure === undefined || failure.isKept) this.#put(shelf, append, dropped)
    return failure?.fault
  }

  #put(shelf: Shelf, append: Append, dropped: readonly JournalRecord[]): void {
    const { keepFrom: _, wakeMs, ...rest } = append
    if (shelf.seq === 0) this.#names = undefined
    const record: JournalRecord = { ...rest, position: this.#tip++ }
    this.#byPosition.set(record.position, record)
    this.#keptBytes += recordBytes(record)
    for (const one of dropped) {
      this.#byPosition.delete(one.position)
      this.#keptBytes -= recordBytes(one)
    }
    shelf.add(record, wakeMs, dropped)
    if (shelf.wakeMs === Infinity) this.#wakes.delete(shelf.id)
    else this.#wakes.set(shelf.id, shelf.wakeMs)
  }

  /** An end is always taken: it makes room. */
  #excess(append: Append, held: number, bytes: number): Fault | undefined {
    if (held + bytes <= this.#bytesMax || append.kind === 'end') return undefined
    return new Fault(
      'journal-full',
      `Cannot keep ${shown(append)} of ${bytes} bytes: the journal in memory holds ${held} of ${this.#bytesMax} bytes`,
      { hint: 'Make snapshots and keep fewer records before them, or give the node a journal on disk.' },
    )
  }

  #enqueue(run: () => void): void {
    this.#queue.push(run)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isHeld || this.#isDue || this.#queue.length === 0) return
    this.#isDue = true
    const life = this.#life
    this.#clock.later(() => {
      if (life === this.#life) this.#runAll()
    })
  }

  #runAll(): void {
    this.#isDue = false
    if (this.#isHeld) return
    const [due, tip] = [this.#queue, this.#tip]
    this.#queue = []
    let next = 0
    try {
      while (next < due.length) due[next++]?.()
      if (this.#tip > tip) for (const listener of this.#listeners) listener()
    } finally {
      // Whoever has thrown is the last to suffer from it.
      if (next < due.length) this.#queue = [...due.slice(next), ...this.#queue]
      this.#schedule()
    }
  }

  #turn(): Promise<void> {
    return new Promise((resolve) => this.#clock.later(resolve))
  }

  #checkOpen(attempt: string): void {
    if (this.#isClosed) throw closed(attempt)
  }
}

function recordBytes({ id, tags, body }: Pick<JournalRecord, 'id' | 'tags' | 'body'>): number {
  return recordHeadBytes + id.length * 2 + tags.join().length * 2 + body.byteLength
}

/** Nobody who reads can change what is kept. */
function handOut(record: JournalRecord): JournalRecord {
  return { ...record, body: new Uint8Array(record.body) }
}
