// A link: what two runtimes say to each other over a wire, as records on two lanes.
import { Encoder } from '../codec/encoder.ts'
import { isNode } from './border.ts'
import { Far } from '../../runtime/far.ts'
import type { Fault } from '../../runtime/fault.ts'
import { LinkReader } from './link-reader.ts'
import { LaneWriter } from './lane-writer.ts'
import * as record from './record.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Envelope, Party } from '../../runtime/envelope.ts'
import { parcelBytesMin } from './parcels.ts'
import type { Frame, Lane, Wire } from '../../runtime/wire.ts'
import type { Border } from './border.ts'
import type { Arrival } from './lane-reader.ts'
import type { Unsent } from './lane-writer.ts'
import type { Beside, Home } from './record.ts'
import type { Trail } from './traveller.ts'

/** Messages that may wait for room on one link; more become dead letters. About what one mailbox may hold. */
export const linkMessagesWaitingMax = 100_000
/** Signals that may wait. Each answers something that is bounded itself, so more of them mean that the other side no longer reads. */
export const linkSignalsWaitingMax = 1_000_000

/** Hears what comes over a link. */
export interface LinkListener {
  /** Called before anything comes over it: what has waited for the link comes at once, and may have to be answered over it. */
  opening?(link: Link): void
  arrived(link: Link, arrival: Arrival<Far>): void
  closed(link: Link): void
  /** The link has room for messages again. */
  room(link: Link): void
  /** A message was changed after it was sent, and cannot be sent any more. */
  spoilt(link: Link, unsent: Unsent, fault: Fault): void
}

/** What a link is made from. */
export interface LinkParts {
  /** The runtime on the other side; below zero another node. */
  readonly thread: number
  readonly wire: Wire
  readonly clock: Clock
  /** Of a main thread. */
  readonly border?: Border | undefined
  /** For large messages, so that nothing waits behind them; closed with the other one. */
  readonly bulk?: Wire | undefined
  /** Makes the ref of a path that stands in a payload. */
  refAt(path: string): unknown
}

/** What an envelope needs beside its route. */
export interface AskRoute {
  readonly id: number
  readonly timeoutMs: number
  readonly beside?: Beside | undefined
}

export class Link {
  readonly thread: number
  readonly wire: Wire
  readonly #messages: LaneWriter
  readonly #signals: LaneWriter
  #bulk: LaneWriter | undefined = undefined
  #lastParcel = 0
  readonly #admitter = new Encoder()
  readonly #clock: Clock
  readonly #border: Border | undefined
  #isClosed = false
  #frameMs: number | undefined = undefined
  /** Messages written and read: what was sent and not yet read is on its way. */
  messagesSent = 0
  messagesRead = 0

  constructor(parts: LinkParts, listener: LinkListener) {
    const { wire, clock } = parts
    this.thread = parts.thread
    this.wire = wire
    this.#clock = clock
    this.#border = parts.border
    // What comes from another node is read by our own reader first, each body for itself.
    const isStateless = isNode(parts.thread)
    this.#messages = new LaneWriter({
      lane: 'messages',
      wire,
      clock,
      encoder: new Encoder({ isStateless }),
      spoilt: (unsent, fault) => listener.spoilt(this, unsent, fault),
    })
    this.#signals = new LaneWriter({ lane: 'signals', wire, clock, encoder: new Encoder({ isStateless }) })
    const reader = new LinkReader({
      isStateless,
      refAt: (path) => parts.refAt(path),
      arrived: (arrival) => listener.arrived(this, arrival),
    })
    const take = (lane: Lane | 'bulk', frame: Frame): void => {
      this.#frameMs = undefined
      reader.take(lane, frame, wire)
    }
    if (parts.bulk !== undefined) this.#openBulk(parts.bulk, take, listener)
    listener.opening?.(this)
    wire.listen({
      frame: take,
      room: (lane) => {
        if (lane === 'signals') this.#signals.room()
        else {
          this.#messages.room()
          listener.room(this)
        }
      },
      closed: () => {
        this.#isClosed = true
        parts.bulk?.cut()
        listener.closed(this)
      },
    })
  }

  #openBulk(bulk: Wire, take: (lane: 'bulk', frame: Frame) => void, listener: LinkListener): void {
    this.#bulk = new LaneWriter({
      lane: 'messages',
      wire: bulk,
      clock: this.#clock,
      encoder: new Encoder({ isStateless: true }),
      spoilt: (unsent, fault) => listener.spoilt(this, unsent, fault),
    })
    bulk.listen({
      frame: (_lane, frame) => take('bulk', frame),
      room: () => {
        this.#bulk?.room()
        listener.room(this)
      },
      // Without it no large message arrives any more, and what waits behind one would wait for ever.
      closed: () => this.wire.cut(),
    })
  }

  /** When the frame came whose records are arriving: one look at the clock for all of them. */
  get frameMs(): number {
    this.#frameMs ??= this.#clock.now()
    return this.#frameMs
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Whether so many messages wait for room that no more may. */
  get isFull(): boolean {
    const waiting = this.#messages.waiting + (this.#bulk?.waiting ?? 0)
    return this.#isClosed || waiting >= linkMessagesWaitingMax
  }

  /** Sends a tell, the most frequent record. Its payload has been admitted by an encoder. */
  tell(envelope: Envelope, payload: unknown, bytes: number, attached: number): void {
    const { to, name, from } = envelope
    if (bytes + attached >= parcelBytesMin && this.#bulk !== undefined) {
      this.message(record.tell, envelope, { payload, bytes, attached }, {})
      return
    }
    this.messagesSent++
    if (to instanceof Far && (from === undefined || from instanceof Far))
      this.#messages.tell(to, name, payload, from)
    else this.#messages.add(record.tell, { to, name, from }, payload)
    this.#messages.grew(bytes)
  }

  message(
    kind: number,
    envelope: Envelope,
    body: { readonly payload: unknown; readonly bytes: number; readonly attached: number },
    ask: Partial<AskRoute> & { readonly hops?: number },
  ): void {
    const { to, name, from } = envelope
    const lane = this.#laneFor(to, body.bytes + body.attached)
    const beside = lane.parcel === undefined ? ask.beside : { ...ask.beside, parcel: lane.parcel }
    if (beside !== undefined) lane.writer.beside(this.#besideOut(beside))
    this.messagesSent++
    const { id, timeoutMs, hops } = ask
    lane.writer.add(kind, { to, name, from, id, timeoutMs, hops }, body.payload)
    lane.writer.grew(body.bytes)
    if (kind === record.ask) this.#messages.urge()
  }

  /** Comes behind all messages, and is answered with a reply. */
  echo(id: number, depth: number): void {
    this.#messages.add(record.echo, { id, hops: depth })
    this.#messages.flush()
  }

  /** Keeps its place among messages. */
  stop(to: Party, { hops, via }: Trail): void {
    if (via !== undefined) this.#beside({ via })
    this.#messages.add(record.stop, { to, hops })
  }

  flush(to: Party, id: number, replyTo: number): void {
    this.#beside({ replyTo })
    this.#messages.add(record.flush, { to, id })
  }

  /** Sends the signals gathered so far at once, without waiting for the end of the turn. */
  hurry(): void {
    this.#signals.flush()
  }

  kill(to: Party, hops: number): void {
    this.#signal(record.kill, { to, hops })
  }

  reply(id: number, payload: unknown): void {
    this.#signal(record.reply, { id }, payload)
  }

  refuse(id: number, fault: unknown): void {
    this.#signal(record.refusal, { id }, fault)
  }

  flushed(id: number, home: Home | null): void {
    this.#signal(record.flushed, { id }, home === null ? null : this.#homeOut(home))
  }

  moved(home: Home): void {
    this.#signal(record.moved, {}, this.#homeOut(home))
  }

  call(id: number, verb: string, input: unknown): void {
    this.#signal(record.call, { id }, [verb, input])
  }

  control(verb: string, input: unknown): void {
    this.#signal(record.control, {}, [verb, input])
  }

  /** Takes back the messages that have found no room; the other side is gone. */
  takeUnsent(): Unsent[] {
    const unsent = [...this.#messages.takeUnsent(), ...(this.#bulk?.takeUnsent() ?? [])]
    this.messagesSent -= unsent.filter(({ kind }) => isMessage(kind)).length
    return unsent
  }

  /** What is large travels beside the others, and a mark keeps its place. */
  #laneFor(to: Party, bytes: number): { readonly writer: LaneWriter; readonly parcel?: number } {
    if (bytes < parcelBytesMin || this.#bulk === undefined) return { writer: this.#messages }
    this.#lastParcel = (this.#lastParcel % 0x7fff_ffff) + 1
    this.#messages.add(record.parcel, { to, id: this.#lastParcel })
    return { writer: this.#bulk, parcel: this.#lastParcel }
  }

  #beside(beside: Beside): void {
    this.#messages.beside(this.#besideOut(beside))
  }

  #besideOut(beside: Beside): Beside {
    return this.#border?.besideOut(beside, this.thread) ?? beside
  }

  #homeOut(home: Home): Home {
    return this.#border?.homeOut(home, this.thread) ?? home
  }

  #signal(kind: number, route: { to?: Party; id?: number; hops?: number }, payload: unknown = null): void {
    if (this.#isClosed) return
    if (this.#signals.waiting >= linkSignalsWaitingMax) {
      this.wire.cut()
      return
    }
    const admitted = this.#admitter.admit(payload, `answer thread ${this.thread}`)
    this.#signals.add(kind, route, admitted)
    this.#signals.grew(this.#admitter.admittedBytes)
    this.#signals.urge()
  }
}

/** Whether records of that kind are counted as messages. */
export function isMessage(kind: number): boolean {
  return kind === record.tell || kind === record.ask || kind === record.offer
}
