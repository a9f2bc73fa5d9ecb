// A hostile link: the other side of a node's link with another member, as a test plays it, record by record.
import { Decoder } from '../../transports/codec/decoder.ts'
import { Encoder } from '../../transports/codec/encoder.ts'
import { LaneReader } from '../../transports/link/lane-reader.ts'
import { recordWords } from '../../runtime/wire.ts'
import * as record from '../../transports/link/record.ts'
import type { Frame, Lane, Wire, WireListener } from '../../runtime/wire.ts'
import type { ClusterNode } from '../../scenarios/testing/test-cluster.ts'
import type { Link } from '../../transports/link/link.ts'

/** A record as a test says it; what is left out is 0 or nothing. */
export interface Said {
  readonly kind: number
  readonly to?: string
  readonly name?: string
  readonly from?: string
  readonly id?: number
  readonly timeoutMs?: number
  readonly hops?: number
  readonly payload?: unknown
  /** Stands in a record of its own before this one. */
  readonly beside?: unknown
}

/** What the node has sent. */
export interface Heard {
  readonly lane: Lane
  readonly kind: number
  readonly to: string
  readonly name: string
  readonly id: number
  readonly payload: unknown
}

/** A wire whose one end a test holds. */
class HeldWire implements Wire {
  readonly heard: Heard[] = []
  isCut = false
  #listener: WireListener | undefined = undefined
  readonly #readers: Readonly<Record<Lane, LaneReader<{ readonly path: string }>>>

  constructor() {
    const reader = (lane: Lane): LaneReader<{ readonly path: string }> =>
      new LaneReader({
        decoder: new Decoder({ refAt: (path) => path, isStateless: true }),
        partyAt: (path) => ({ path }),
        arrived: ({ kind, to, name, id, payload }) =>
          this.heard.push({ lane, kind, to: to?.path ?? '', name, id, payload }),
      })
    this.#readers = { signals: reader('signals'), messages: reader('messages') }
  }

  write(lane: Lane, frame: Frame): boolean {
    if (!this.isCut) this.#readers[lane].take(frame)
    return !this.isCut
  }

  listen(listener: WireListener): void {
    this.#listener = listener
  }

  bring(lane: Lane, frame: Frame): void {
    if (!this.isCut) this.#listener?.frame(lane, frame)
  }

  close(): void {
    this.cut()
  }

  cut(): void {
    if (this.isCut) return
    this.isCut = true
    this.#listener?.closed('cut')
  }

  counts(): { written: number; taken: number } {
    return { written: 0, taken: 0 }
  }
}

export class HostileLink {
  readonly wire: HeldWire = new HeldWire()
  readonly bulk: HeldWire = new HeldWire()
  readonly link: Link

  /** Takes the place of the link that the victim has with that member. */
  constructor(victim: ClusterNode, member: number) {
    this.link = victim.node.fleet!.resident.station.link(-member, this.wire, this.bulk)
  }

  get isCut(): boolean {
    return this.wire.isCut
  }

  say(lane: Lane | 'bulk', ...said: readonly Said[]): void {
    this.bring(lane, frameOf(said))
  }

  bring(lane: Lane | 'bulk', frame: Frame): void {
    if (lane === 'bulk') this.bulk.bring('messages', frame)
    else this.wire.bring(lane, frame)
  }

  heard(kind: number): Heard[] {
    return this.wire.heard.filter((one) => one.kind === kind)
  }
}

/** A frame that stands for itself: it forgets all texts first, and defines its own. */
export function frameOf(said: readonly Said[]): Frame {
  const words: number[] = [record.forget, 0, 0, 0, 0, 0]
  const payloads: unknown[] = [null]
  const texts = [...new Set(said.flatMap(({ to, name, from }) => [to, name, from]))].filter(
    (one) => one !== undefined,
  )
  for (const [index, text] of texts.entries()) {
    words.push(record.define, index + 1, 0, 0, 0, 0)
    payloads.push(text)
  }
  const numberOf = (text: string | undefined): number => (text === undefined ? 0 : texts.indexOf(text) + 1)
  for (const { kind, to, name, from, id = 0, timeoutMs = 5_000, hops = 0, payload = null, beside } of said) {
    if (beside !== undefined) {
      words.push(record.beside, 0, 0, 0, 0, 0)
      payloads.push(beside)
    }
    words.push(kind | (hops << 8), numberOf(to), numberOf(name), numberOf(from), id, timeoutMs)
    payloads.push(payload)
  }
  const encoder = new Encoder({ isStateless: true })
  const admitted = payloads.map((payload) => encoder.admit(payload, 'attack'))
  const { bytes, attachments } = encoder.encode(admitted, admitted.length)
  return {
    words: Int32Array.from(words),
    count: words.length / recordWords,
    body: bytes.slice(),
    attachments,
  }
}

/** A frame of one tell whose payload is these bytes of MessagePack. */
export function frameOfBytes(payload: Uint8Array, to = 'clicks', name = 'add'): Frame {
  const head = Buffer.concat([
    Buffer.from([0, 0xdd, 0, 0, 0, 4, 0xc0]),
    textBytes(to),
    textBytes(name),
    payload,
  ])
  const words = Int32Array.of(2, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 4, 1, 2, 0, 0, 0)
  return { words, count: 4, body: head, attachments: [] }
}

function textBytes(text: string): Uint8Array {
  const bytes = new TextEncoder().encode(text)
  return Buffer.concat([Buffer.from([0xd9, bytes.byteLength]), bytes])
}
