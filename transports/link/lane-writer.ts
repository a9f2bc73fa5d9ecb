// A lane writer: one lane of a link outward. It gathers the records of a turn, encodes them as one frame and keeps what finds no room.
import { Far } from '../../runtime/far.ts'
import { Fault } from '../../runtime/fault.ts'
import { recordWords } from '../../runtime/wire.ts'
import { Dictionary } from './dictionary.ts'
import * as record from './record.ts'
import type { Encoded, Encoder } from '../codec/encoder.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Party } from '../../runtime/envelope.ts'
import type { Frame, Lane, Wire } from '../../runtime/wire.ts'
import type { Numbered } from './dictionary.ts'
import type { Beside, Route } from './record.ts'

/** Records in one frame of questions or answers. */
export const urgentRecordsMax = 16
/** Records in one frame: 8 to 1,024 measured alike, and the first of a batch should not wait long for the last. */
export const frameRecordsMax = 64

/** Bytes of payload after which a frame is closed; a larger payload has a frame of its own. */
export const frameBytesMax = 32_768

/** Records that are not encoded yet. */
interface Batch {
  readonly words: Int32Array
  readonly payloads: unknown[]
  readonly count: number
  /** Of the dictionary's generation. */
  readonly numbers: ReadonlyMap<string, number>
}

/** A record that has not been sent. */
export interface Unsent extends Omit<Route, 'to' | 'name' | 'from'> {
  readonly kind: number
  readonly to: string
  readonly name: string
  readonly from: string
  /** As it was admitted. */
  readonly payload: unknown
}

/** Where a record goes; what it has no use for is left out. */
export interface Routing {
  readonly to?: Party | undefined
  readonly name?: string | undefined
  readonly from?: Party | undefined
  readonly id?: number | undefined
  readonly timeoutMs?: number | undefined
  readonly hops?: number | undefined
}

/** What a lane is made from. */
export interface LaneParts {
  readonly lane: Lane
  readonly wire: Wire
  readonly clock: Clock
  readonly encoder: Encoder
  /** Hears of a record that cannot be encoded any more. */
  spoilt?(unsent: Unsent, fault: Fault): void
}

export class LaneWriter {
  readonly dictionary: Dictionary = new Dictionary({
    define: (number, text) => this.#put(record.define, number, text),
    forget: () => {
      // No batch has numbers of two generations.
      this.flush()
      this.#put(record.forget, 0, null)
    },
  })
  readonly #parts: LaneParts
  /** Of the records that are gathered; made with the first of them, since many lanes never carry one. */
  #words = new Int32Array(0)
  #payloads: unknown[] = []
  #count = 0
  #bytes = 0
  #isFlushDue = false
  /** Encoded, but there was no room: it has to be the next. */
  #stuck: { readonly frame: Frame; readonly batch: Batch } | undefined = undefined
  #batches: Batch[] = []
  #waiting = 0
  readonly #flushSoon: () => void = () => {
    this.#isFlushDue = false
    this.flush()
  }

  constructor(parts: LaneParts) {
    this.#parts = parts
  }

  /** Records that wait for room. */
  get waiting(): number {
    return this.#waiting
  }

  /** Adds a tell: the hot path. Its payload has been admitted by an encoder. */
  tell(to: Numbered, name: string, payload: unknown, from: Numbered | undefined): void {
    const { dictionary } = this
    dictionary.makeRoom()
    const toNumber = dictionary.ofParty(to)
    const nameNumber = dictionary.ofName(name)
    const fromNumber = from === undefined ? 0 : dictionary.ofParty(from)
    const at = this.#count * recordWords
    const words = this.#ownWords()
    words[at] = record.tell
    words[at + 1] = toNumber
    words[at + 2] = nameNumber
    words[at + 3] = fromNumber
    words[at + 4] = 0
    words[at + 5] = 0
    this.#push(payload)
  }

  /** Adds any other record. */
  add(kind: number, route: Routing, payload?: unknown): void {
    const { dictionary } = this
    dictionary.makeRoom()
    const to = this.#numberOf(route.to)
    const name = route.name === undefined ? 0 : dictionary.ofName(route.name)
    const from = this.#numberOf(route.from)
    const at = this.#count * recordWords
    const words = this.#ownWords()
    words[at] = kind | ((route.hops ?? 0) << 8)
    words[at + 1] = to
    words[at + 2] = name
    words[at + 3] = from
    words[at + 4] = route.id ?? 0
    words[at + 5] = route.timeoutMs ?? 0
    this.#push(payload)
  }

  /** Says how large the payload was that was added last, so that a frame is sent before it gets too large. */
  grew(bytes: number): void {
    this.#bytes += bytes
    if (this.#bytes >= frameBytesMax) this.flush()
  }

  /** Somebody waits for what was added last: fewer records make a frame, so that the other side begins while this one goes on. */
  urge(): void {
    if (this.#count >= urgentRecordsMax) this.flush()
  }

  /** Belongs to the record that is added next; the dictionary may put records of its own between the two. */
  beside(more: Beside): void {
    this.#put(record.beside, 0, more)
  }

  /** Sends what has been gathered; called by itself at the end of the turn. */
  flush(): void {
    if (this.#count === 0) return
    const batch = this.#gathered()
    this.#count = 0
    this.#bytes = 0
    if (this.#stuck === undefined && this.#batches.length === 0) {
      this.#payloads = []
      this.#write(batch)
      return
    }
    this.#words = new Int32Array(frameRecordsMax * recordWords)
    this.#payloads = []
    this.#batches.push(batch)
    this.#waiting += batch.count
  }

  /** The wire has room again. */
  room(): void {
    const stuck = this.#stuck
    if (stuck !== undefined) {
      if (!this.#parts.wire.write(this.#parts.lane, stuck.frame)) return
      this.#stuck = undefined
      this.#waiting -= stuck.frame.count
    }
    let done = 0
    while (done < this.#batches.length && this.#stuck === undefined) {
      const batch = this.#batches[done]
      if (batch !== undefined) {
        this.#waiting -= batch.count
        this.#write(batch)
      }
      done++
    }
    this.#batches.splice(0, done)
  }

  /**
   * Takes back all that has found no room, in order: the other side is gone. What stands beside a record comes with it.
   */
  takeUnsent(): Unsent[] {
    const stuck = this.#stuck === undefined ? [] : [this.#stuck.batch]
    const batches = [...stuck, ...this.#batches, this.#gathered()]
    this.#stuck = undefined
    this.#batches = []
    this.#waiting = 0
    this.#count = 0
    this.#payloads = []
    const generations = new Map<object, Map<number, string>>()
    return batches.flatMap((batch) => {
      const texts = generations.get(batch.numbers) ?? textsOf(batch)
      generations.set(batch.numbers, texts)
      return Array.from({ length: batch.count }, (_, index) => unsentAt(batch, index, texts))
    })
  }

  #gathered(): Batch {
    const { numbers } = this.dictionary
    return { words: this.#words, payloads: this.#payloads, count: this.#count, numbers }
  }

  #numberOf(party: Party | undefined): number {
    if (party === undefined) return 0
    return party instanceof Far ? this.dictionary.ofParty(party) : this.dictionary.of(party.path)
  }

  #put(kind: number, to: number, payload: unknown): void {
    const at = this.#count * recordWords
    const words = this.#ownWords()
    words.fill(0, at, at + recordWords)
    words[at] = kind
    words[at + 1] = to
    this.#push(payload)
  }

  #ownWords(): Int32Array {
    if (this.#words.length === 0) this.#words = new Int32Array(frameRecordsMax * recordWords)
    return this.#words
  }

  #push(payload: unknown): void {
    this.#payloads.push(payload)
    this.#count++
    if (this.#count >= frameRecordsMax) this.flush()
    else if (!this.#isFlushDue) {
      this.#isFlushDue = true
      this.#parts.clock.soon(this.#flushSoon)
    }
  }

  #write(batch: Batch): void {
    const { wire, lane } = this.#parts
    const encoded = this.#encode(batch)
    if (encoded === undefined) return
    const { bytes, attachments } = encoded
    const frame = { words: batch.words, count: batch.count, body: bytes, attachments }
    if (wire.write(lane, frame)) return
    const words = batch.words.slice(0, batch.count * recordWords)
    this.#stuck = {
      frame: { words, count: batch.count, body: bytes.slice(), attachments },
      batch: { ...batch, words },
    }
    this.#waiting += batch.count
  }

  /** A payload that was changed after it was sent and cannot be encoded any more is taken out; the rest of the frame goes without it. */
  #encode(batch: Batch): Encoded | undefined {
    for (;;) {
      try {
        return this.#parts.encoder.encode(batch.payloads, batch.count)
      } catch (error) {
        const index = Fault.is(error) ? error.details?.['index'] : undefined
        if (!Fault.is(error) || typeof index !== 'number' || index < 0) throw error
        this.#parts.spoilt?.(unsentAt(batch, index, textsOf(batch)), error)
        batch.payloads[index] = null
        batch.words[index * recordWords] = record.nothing
      }
    }
  }
}

function textsOf({ numbers }: Batch): Map<number, string> {
  return new Map([...numbers].map(([text, number]) => [number, text]))
}

function unsentAt(batch: Batch, index: number, texts: ReadonlyMap<number, string>): Unsent {
  const at = index * recordWords
  const word = batch.words[at] ?? 0
  const text = (offset: number): string => texts.get(batch.words[at + offset] ?? 0) ?? ''
  return {
    kind: record.kindOf(word),
    hops: record.hopsOf(word),
    to: text(1),
    name: text(2),
    from: text(3),
    id: batch.words[at + 4] ?? 0,
    timeoutMs: batch.words[at + 5] ?? 0,
    payload: batch.payloads[index],
  }
}
