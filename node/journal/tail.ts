// The tail: records that the index does not hold yet, in memory, with copies of their bodies.
import { recordHeaderBytes } from './log/layout.ts'
import { tagsLength } from './log/group.ts'
import type { Append, JournalRecord, RecordKind } from '../../runtime/journal.ts'
import type { StoredRecord } from './log/stored-record.ts'

/** Bytes of the tail from which on nothing more is taken until the index has caught up. */
export const tailBytesMax = 16_777_216
/** Bytes of the tail from which on the index is brought up to date. */
export const tailBytesMin = 4_194_304
/** Bodies are copied into pieces of so many bytes; larger ones stand for themselves. */
const slabBytes = 1_048_576
/** What a record takes beside its body. */
const recordBytes = 128

export class Tail {
  /** Of all records in it. */
  bytes = 0
  /** Those with tags, by their positions. */
  tagged: TailRecord[] = []
  #slab: Buffer = Buffer.alloc(0)
  #used = 0

  /** Copies an append, once, before the log gives it a position. */
  take(append: Append): TailRecord {
    const { body } = append
    const length = body.byteLength
    if (length > slabBytes / 4) return this.#keep(new TailRecord(append, Buffer.from(body), 0, length))
    if (this.#used + length > this.#slab.length)
      [this.#slab, this.#used] = [Buffer.allocUnsafeSlow(slabBytes), 0]
    this.#slab.set(body, this.#used)
    const record = new TailRecord(append, this.#slab, this.#used, length)
    this.#used += length
    return this.#keep(record)
  }

  /** Takes a record of the log, whose body nobody changes. */
  takeStored(stored: StoredRecord): TailRecord {
    const { body } = stored
    const record = new TailRecord(
      stored,
      Buffer.from(body.buffer, body.byteOffset, body.byteLength),
      0,
      body.byteLength,
    )
    record.position = stored.position
    return this.#keep(record)
  }

  /** A record has come into the index, or was refused by the log. */
  drop(bytes: number): void {
    this.bytes -= bytes
  }

  /** Records up to a position are in the index. */
  dropTagged(upTo: number): void {
    this.tagged = this.tagged.filter(({ position }) => position > upTo)
  }

  /** A record with tags was refused by the log. */
  untag(record: TailRecord): void {
    if (record.tags.length > 0) this.tagged = this.tagged.filter((one) => one !== record)
  }

  #keep(record: TailRecord): TailRecord {
    this.bytes += record.size
    if (record.tags.length > 0) this.tagged.push(record)
    return record
  }
}

/** Its body is made when it is asked for: most are read once, many never. */
export class TailRecord implements StoredRecord {
  position = 0
  readonly id: string
  readonly seq: number
  readonly epoch: number
  readonly kind: RecordKind
  readonly atMs: number
  readonly tags: readonly string[]
  readonly keepFrom: number | undefined
  readonly wakeMs: number | undefined
  readonly #bytes: Buffer
  readonly #start: number
  readonly #length: number

  constructor(append: Omit<Append, 'body'>, bytes: Buffer, start: number, length: number) {
    this.id = append.id
    this.seq = append.seq
    this.epoch = append.epoch
    this.kind = append.kind
    this.atMs = append.atMs
    this.tags = append.tags.length === 0 ? noTags : [...append.tags]
    this.keepFrom = append.keepFrom
    this.wakeMs = append.wakeMs
    this.#bytes = bytes
    this.#start = start
    this.#length = length
  }

  get body(): Uint8Array {
    return this.#bytes.subarray(this.#start, this.#start + this.#length)
  }

  get size(): number {
    return recordBytes + this.#length
  }

  get logBytes(): number {
    const numbers = (this.keepFrom === undefined ? 0 : 8) + (this.wakeMs === undefined ? 0 : 8)
    return recordHeaderBytes + numbers + this.id.length + tagsLength(this.tags) + this.#length
  }
}

const noTags: readonly string[] = []

/** A record for somebody outside: nobody who reads can change what is kept. */
export function handOut({ position, id, seq, epoch, kind, atMs, tags, body }: JournalRecord): JournalRecord {
  return { position, id, seq, epoch, kind, atMs, tags, body: Uint8Array.prototype.slice.call(body) }
}
