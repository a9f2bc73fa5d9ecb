// A link: what two runtimes say to each other over a wire, as records on two lanes.
import { Encoder } from '../codec/encoder.ts'
import { isNode } from './border.ts'
import { Decoder } from '../codec/decoder.ts'
import { Far } from '../../runtime/far.ts'
import { Fault } from '../../runtime/fault.ts'
import { LaneReader } from './lane-reader.ts'
import { LaneWriter } from './lane-writer.ts'
import * as record from './record.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Envelope, Party } from '../../runtime/envelope.ts'
import type { Lane, Wire } from '../../runtime/wire.ts'
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
    const reader = (): LaneReader<Far> =>
      new LaneReader<Far>({
        decoder: new Decoder({ refAt: (path) => parts.refAt(path), isStateless }),
        partyAt: (path) => new Far(path),
        arrived: (arrival) => listener.arrived(this, arrival),
      })
    const readers: Record<Lane, LaneReader<Far>> = { messages: reader(), signals: reader() }
    wire.listen({
      frame: (lane, frame) => {
        this.#frameMs = undefined
        try {
          readers[lane].take(frame)
        } catch (error) {
          if (!Fault.is(error)) throw error
          // Numbers and shapes build on each other: after one frame that can't be read no other can.
          wire.cut()
        }
      },
      room: (lane) => {
        if (lane === 'signals') this.#signals.room()
        else {
          this.#messages.room()
          listener.room(this)
        }
      },
      closed: () => {
        this.#isClosed = true
        listener.closed(this)
      },
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
    return this.#isClosed || this.#messages.waiting >= linkMessagesWaitingMax
  }

  /** Sends a tell, the most frequent record. Its payload has been admitted by an encoder. */
  tell(envelope: Envelope, payload: unknown, bytes: number): void {
    const { to, name, from } = envelope
    this.messagesSent++
    if (to instanceof Far && (from === undefined || from instanceof Far))
      this.#messages.tell(to, name, payload, from)
    else this.#messages.add(record.tell, { to, name, from }, payload)
    this.#messages.grew(bytes)
  }

  message(
    kind: number,
    envelope: Envelope,
    body: { readonly payload: unknown; readonly bytes: number },
    ask: Partial<AskRoute> & { readonly hops?: number },
  ): void {
    const { to, name, from } = envelope
    if (ask.beside !== undefined) this.#beside(ask.beside)
    this.messagesSent++
    const { id, timeoutMs, hops } = ask
    this.#messages.add(kind, { to, name, from, id, timeoutMs, hops }, body.payload)
    this.#messages.grew(body.bytes)
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
    const unsent = this.#messages.takeUnsent()
    this.messagesSent -= unsent.filter(({ kind }) => isMessage(kind)).length
    return unsent
  }

  #beside(beside: Beside): void {
    this.#messages.beside(this.#border?.besideOut(beside, this.thread) ?? beside)
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
