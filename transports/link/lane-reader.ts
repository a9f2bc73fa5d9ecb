// A lane reader: one lane of a link inward. It decodes frames and hands over their records, each with the texts behind its numbers.
import { Fault } from '../../runtime/fault.ts'
import { recordWords } from '../../runtime/wire.ts'
import { dictionaryCharactersMax, dictionaryTextsMax } from './dictionary.ts'
import * as record from './record.ts'
import type { Decoder } from '../codec/decoder.ts'
import type { Frame } from '../../runtime/wire.ts'
import type { Beside } from './record.ts'

/** One record as it arrives; good until the call that brings it returns. */
export interface Arrival<P> {
  kind: number
  hops: number
  to: P | undefined
  name: string
  from: P | undefined
  id: number
  timeoutMs: number
  payload: unknown
  beside: Beside | undefined
}

/** What a reader needs of the link. */
export interface ReaderParts<P> {
  readonly decoder: Decoder
  /** Makes what stands for a path: once for each text of the dictionary that is used as a path. */
  partyAt(path: string): P
  arrived(arrival: Arrival<P>): void
  /** A record was taken out of its frame before it left; this stood beside it. */
  missing?(beside: Beside): void
}

interface Entry<P> {
  readonly text: string
  party: P | undefined
}

export class LaneReader<P> {
  readonly #parts: ReaderParts<P>
  #entries: (Entry<P> | undefined)[] = []
  #characters = 0
  #beside: Beside | undefined = undefined
  /** The same object for all records, since each is handed on at once. */
  readonly #arrival: Arrival<P> = {
    kind: 0,
    hops: 0,
    to: undefined,
    name: '',
    from: undefined,
    id: 0,
    timeoutMs: 0,
    payload: undefined,
    beside: undefined,
  }

  constructor(parts: ReaderParts<P>) {
    this.#parts = parts
  }

  /** @throws {Fault} `frame-malformed` the lane can't be read any further */
  take(frame: Frame): void {
    const { words, count } = frame
    const payloads = this.#parts.decoder.decode(frame.body, frame.attachments)
    if (payloads.length !== count) throw malformed(`${payloads.length} payloads for ${count} records`)
    for (let index = 0; index < count; index++) {
      const at = index * recordWords
      const word = words[at] ?? 0
      const kind = record.kindOf(word)
      const payload = payloads[index]
      if (kind <= record.beside) this.#takeOwn(kind, words[at + 1] ?? 0, payload)
      else this.#takeMessage(word, words, at, payload)
    }
  }

  #takeMessage(word: number, words: Int32Array, at: number, payload: unknown): void {
    const arrival = this.#arrival
    arrival.kind = record.kindOf(word)
    arrival.hops = record.hopsOf(word)
    arrival.to = this.#party(words[at + 1] ?? 0)
    const name = words[at + 2] ?? 0
    arrival.name = name === 0 ? '' : this.#entry(name).text
    arrival.from = this.#party(words[at + 3] ?? 0)
    arrival.id = words[at + 4] ?? 0
    arrival.timeoutMs = words[at + 5] ?? 0
    arrival.payload = payload
    arrival.beside = this.#beside
    this.#beside = undefined
    this.#parts.arrived(arrival)
  }

  #takeOwn(kind: number, number: number, payload: unknown): void {
    // Nothing stands where a message was taken out of the frame, with what stood beside it.
    if (kind === record.nothing) {
      if (this.#beside !== undefined) this.#parts.missing?.(this.#beside)
      this.#beside = undefined
    } else if (kind === record.forget) this.#forget()
    else if (kind === record.beside) this.#beside = besideOf(payload)
    else {
      const isNext = number === Math.max(1, this.#entries.length) && number <= dictionaryTextsMax
      if (kind !== record.define || typeof payload !== 'string' || !isNext)
        throw malformed(`a record of kind ${kind}`)
      this.#characters += payload.length
      if (this.#characters > dictionaryCharactersMax)
        throw malformed(`texts of ${this.#characters} characters`)
      this.#entries[number] = { text: payload, party: undefined }
    }
  }

  #forget(): void {
    this.#entries = []
    this.#characters = 0
  }

  #party(number: number): P | undefined {
    if (number === 0) return undefined
    const entry = this.#entry(number)
    entry.party ??= this.#parts.partyAt(entry.text)
    return entry.party
  }

  #entry(number: number): Entry<P> {
    const entry = this.#entries[number]
    if (entry === undefined) throw malformed(`a text with the number ${number}`)
    return entry
  }
}

function besideOf(payload: unknown): Beside {
  const { replyTo, chain, via, parcel } = Object(payload) as {
    readonly replyTo?: unknown
    readonly chain?: unknown
    readonly via?: unknown
    readonly parcel?: unknown
  }
  return {
    ...(typeof replyTo === 'number' ? { replyTo } : {}),
    ...(isNumbers(chain) ? { chain } : {}),
    ...(isNumbers(via) ? { via } : {}),
    ...(typeof parcel === 'number' ? { parcel } : {}),
  }
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => Number.isInteger(one))
}

function malformed(what: string): Fault {
  return new Fault('frame-malformed', `Cannot read a frame: it has ${what}`, {
    hint: 'Report this as a bug of the runtime; the wire is closed.',
  })
}
