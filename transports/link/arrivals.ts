// Arrivals: what a runtime does with each record that comes over one of its links.
import { Cell } from '../../runtime/cell.ts'
import { absent, settling } from '../../runtime/cell-flags.ts'
import { Clearing } from './clearing.ts'
import { deliverHere } from './deliver-here.ts'
import { Envelope } from '../../runtime/envelope.ts'
import { FarOrigin } from './far-origin.ts'
import { Hints } from './hints.ts'
import { Fault } from '../../runtime/fault.ts'
import { refAt } from '../../runtime/ref.ts'
import { deliver, deliverToNobody } from '../../runtime/router.ts'
import { travellersOf } from './unsent.ts'
import { isNode } from './border.ts'
import { LostWays } from './lost-ways.ts'
import * as record from './record.ts'
import { Ask } from '../../runtime/ask.ts'
import type { Host } from '../../runtime/cell.ts'
import { Far } from '../../runtime/far.ts'
import type { FarAnswers, FarAsk } from './far-origin.ts'
import type { Arrival } from './lane-reader.ts'
import type { Unsent } from './lane-writer.ts'
import type { Link } from './link.ts'
import type { Border } from './border.ts'
import type { Beside, Home } from './record.ts'
import type { ReplyTable, Waiting } from './reply-table.ts'
import type { FarOffer, Traveller } from './traveller.ts'
import type { Roads } from './roads.ts'

/** No question ever has this number: an answer to it is late. */
const nobodysQuestion = 0

/** Answers what is asked of the runtime itself. */
export interface Desk {
  /** @returns the reply, or a promise of it; what it throws is sent back as a fault */
  call(link: Link, verb: string, input: unknown): unknown
  control(link: Link, verb: string, input: unknown): void
}

/** What arrivals are made from. */
export interface ArrivalParts {
  readonly host: Host
  readonly thread: number
  readonly replies: ReplyTable
  /** Of a main thread whose node is in a cluster. */
  readonly border?: Border | undefined
  /** Whether another node may say that of that sender; it is counted where it may not. */
  maySpeak?(node: number, sender: string): boolean
}

export class Arrivals implements FarAnswers {
  readonly clearing: Clearing
  readonly lostWays: LostWays
  readonly #host: Host
  readonly #thread: number
  readonly #roads: Roads
  readonly #replies: ReplyTable
  readonly #desk: Desk
  readonly #border: Border | undefined
  readonly #hints: Hints
  readonly #maySpeak: ((node: number, sender: string) => boolean) | undefined

  constructor(at: ArrivalParts, roads: Roads, desk: Desk) {
    this.#host = at.host
    this.#thread = at.thread
    this.#replies = at.replies
    this.#roads = roads
    this.lostWays = new LostWays(roads, at.border)
    this.clearing = new Clearing(roads, at.replies)
    this.#desk = desk
    this.#border = at.border
    this.#hints = new Hints(at.host, roads)
    this.#maySpeak = at.maySpeak?.bind(at)
  }

  take(link: Link, arrival: Arrival<Far>): void {
    if (isNode(link.thread) && !this.#crossesIn(link.thread, arrival)) return
    const { kind, id, payload } = arrival
    if (kind === record.tell) this.#takeTell(link, arrival)
    else if (kind < record.reply || kind === record.flush) this.#takeRouted(link, arrival)
    else if (kind === record.reply) this.#waitingFor(id, link.thread)?.settle(payload)
    else if (kind === record.refusal) this.#waitingFor(id, link.thread)?.refuse(faultOf(payload))
    else this.#takeWord(link, arrival)
  }

  /** Reads what another node means by its numbers; says whether it may say that at all. */
  #crossesIn(node: number, arrival: Arrival<Far>): boolean {
    const { kind, from, beside } = arrival
    if (beside !== undefined) arrival.beside = this.#border?.besideIn(beside, node)
    const isQuestion = kind === record.ask || kind === record.offer
    if (isQuestion && arrival.beside?.replyTo !== undefined) this.#askedBy(node, arrival, arrival.beside)
    const isHome = kind === record.moved || (kind === record.flushed && arrival.payload !== null)
    if (isHome) arrival.payload = this.#border?.homeIn(arrival.payload) ?? null
    if (kind === record.moved && arrival.payload === null) return false
    return from === undefined || this.#maySpeak?.(node, from.path) !== false
  }

  /**
   * Whoever sends a question on asks it anew: so it is the sender's own, or one of this node's that comes back. Of those nobody may wait any
   * more: the number is this node's, and among the sender's it may be that of another question.
   */
  #askedBy(node: number, arrival: Arrival<Far>, beside: Beside): void {
    const isOwn = beside.replyTo === this.#thread
    if (isOwn && this.#replies.peek(arrival.id, node) !== undefined) return
    if (isOwn) arrival.id = nobodysQuestion
    arrival.beside = { ...beside, replyTo: node }
  }

  /** In whole milliseconds, as old as the scheduler's last look at the clock: at worst an ask is handled that has just expired. */
  nowMs(): number {
    return this.#host.scheduler.recordMs
  }

  causeOf(chain: readonly number[]): Envelope | undefined {
    for (let step = 0; step + 1 < chain.length; step += 2) {
      if (chain[step] !== this.#thread) continue
      const asked = this.#replies.peek(chain[step + 1] ?? 0)
      return asked instanceof Ask ? asked.cause : undefined
    }
    return undefined
  }

  reply({ thread, id }: FarAsk, reply: unknown): void {
    if (thread === this.#thread) {
      this.#waitingFor(id)?.settle(reply)
      return
    }
    this.#roads.links.when(thread, (link) => {
      try {
        link?.reply(id, reply)
      } catch (fault) {
        link?.refuse(id, Fault.wrap(fault, 'payload-unencodable', 'Cannot send a reply'))
      }
    })
  }

  refuse({ thread, id }: FarAsk, fault: Fault): void {
    if (thread === this.#thread) this.#waitingFor(id)?.refuse(fault)
    else this.#roads.links.when(thread, (link) => link?.refuse(id, fault))
  }

  /** What stands behind a message whose asker waits elsewhere; or here after all, if the message has come back. */
  originOf(ask: FarAsk): FarOrigin | Ask {
    const own = ask.thread === this.#thread ? this.#replies.peek(ask.id) : undefined
    return own instanceof Ask ? own : new FarOrigin(ask, this)
  }

  /** Turns records that never left into what they were made of. */
  travellersOf(unsent: readonly Unsent[]): Traveller[] {
    return travellersOf(unsent, {
      thread: this.#thread,
      nowMs: () => this.nowMs(),
      refAt: (path) => refAt(this.#host, path),
      originOf: ({ replyTo, ...ask }) =>
        replyTo === this.#thread ? this.#ownAsk(ask.id) : this.originOf({ ...ask, thread: replyTo }),
      offerOf: (offer) => this.#offerOf(offer),
    })
  }

  /** Ends a message whose payload was changed after it was sent, so that it cannot be encoded any more. */
  spoilt({ kind, to, name, from, id }: Unsent, fault: Fault): void {
    const sender = from === '' ? undefined : new Far(from)
    const waiting = kind === record.tell ? undefined : this.#replies.take(id)
    deliverToNobody(
      this.#host,
      new Envelope(new Far(to), name, undefined, sender, undefined),
      'payload-unencodable',
      fault,
    )
    waiting?.refuse(fault)
  }

  #ownAsk(id: number): Ask | undefined {
    const asked = this.#replies.peek(id)
    return asked instanceof Ask ? asked : undefined
  }

  #takeTell(link: Link, { to, name, payload, from, hops, beside }: Arrival<Far>): void {
    link.messagesRead++
    if (to === undefined) return
    const cell = this.#cellOf(to)
    const isLost = this.lostWays.leadsTo(beside?.via)
    if (!isLost && cell !== undefined && !this.#isEarly(cell, to, beside?.via)) {
      deliver(cell, new Envelope(cell, name, payload, from, undefined))
      return
    }
    const envelope = new Envelope(to, name, payload, from, undefined)
    const traveller: Traveller = { type: 'message', to, envelope, hops, via: beside?.via }
    if (isLost) this.#roads.dispatch.refuse(traveller, 'node-lost')
    else if (cell === undefined) this.#stray(link, traveller)
    else this.#roads.route(traveller)
  }

  #takeRouted(link: Link, arrival: Arrival<Far>): void {
    const traveller = this.#travellerOf(link, arrival)
    if (traveller === undefined) return
    if (traveller.type === 'message' || traveller.type === 'offer') link.messagesRead++
    const cell = this.#cellOf(traveller.to)
    if (this.lostWays.leadsTo(arrival.beside?.via)) this.#roads.dispatch.refuse(traveller, 'node-lost')
    else if (traveller.type === 'flush' && this.#roads.answersForOthers(link.thread, traveller.to)) {
      const { to, id, replyTo } = traveller
      this.#roads.answerFlush(to.path, id, replyTo)
    } else if (cell === undefined) this.#stray(link, traveller)
    else if (traveller.type === 'flush')
      this.#roads.answerFlush(traveller.to.path, traveller.id, traveller.replyTo)
    else if (traveller.type !== 'kill' && this.#isEarly(cell, traveller.to, traveller.via))
      this.#roads.route(traveller)
    else deliverHere(this.#host, cell, traveller)
  }

  #travellerOf(link: Link, arrival: Arrival<Far>): Traveller | undefined {
    const { kind, to, name, payload, from, id, timeoutMs, hops } = arrival
    if (to === undefined) return undefined
    const replyTo = arrival.beside?.replyTo ?? link.thread
    const dueMs = link.frameMs + timeoutMs
    const via = arrival.beside?.via
    switch (kind) {
      case record.ask: {
        const origin = this.originOf({ thread: replyTo, id, dueMs, chain: arrival.beside?.chain ?? [] })
        return { type: 'message', to, envelope: new Envelope(to, name, payload, from, origin), hops, via }
      }
      case record.offer: {
        const envelope = new Envelope(to, name, payload, from, undefined)
        return { type: 'offer', to, offer: this.#offerOf({ to, envelope, dueMs, replyTo, id }), hops, via }
      }
      case record.flush:
        return { type: 'flush', to, id, replyTo }
      default:
        return { type: kind === record.stop ? 'stop' : 'kill', to, hops, via }
    }
  }

  #offerOf(offer: Omit<FarOffer, 'settle' | 'refuse'>): FarOffer {
    const ask = { thread: offer.replyTo, id: offer.id, dueMs: offer.dueMs, chain: [] }
    return {
      ...offer,
      settle: () => this.reply(ask, null),
      refuse: (fault) => this.refuse(ask, fault),
    }
  }

  #takeWord(link: Link, { kind, id, payload, hops }: Arrival<Far>): void {
    switch (kind) {
      case record.flushed:
        if (isNode(link.thread)) this.#hints.flushed(link.thread, id, payload !== null)
        else this.#roads.flushed(id, payload === null ? undefined : (payload as Home))
        return
      case record.moved:
        if (isNode(link.thread)) this.#hints.take(payload as Home)
        else this.#roads.moved(payload as Home)
        return
      case record.echo:
        void this.clearing.answer(link, id, hops)
        return
      case record.call:
        void this.#answer(link, id, wordOf(payload))
        return
      case record.control: {
        const [verb, input] = wordOf(payload)
        this.#desk.control(link, verb, input)
      }
    }
  }

  async #answer(link: Link, id: number, [verb, input]: [string, unknown]): Promise<void> {
    try {
      link.reply(id, await this.#desk.call(link, verb, input))
    } catch (error) {
      link.refuse(id, Fault.wrap(error, 'call-failed', `Cannot do "${verb}" in another thread`))
    }
  }

  #waitingFor(id: number, from: number = this.#thread): Waiting | undefined {
    const waiting = this.#replies.take(id, from)
    if (waiting === undefined) this.#host.asks.late++
    return waiting
  }

  /** The cell that lives here, a settling one included, which senders in this thread must not reach directly yet. */
  #cellOf(to: Far): Cell | undefined {
    const known = to.road
    if (known instanceof Cell && isHere(known)) return known
    const cell = this.#host.cellAt(to.path)
    const here = cell !== undefined && isHere(cell) ? cell : undefined
    to.road = here
    return here
  }

  /** Whether it would overtake what the same sender sent before: that was sent on from here, and is on its way back. */
  #isEarly(cell: Cell, to: Far, via: readonly number[] | undefined): boolean {
    if ((cell.flags & settling) === 0 || via?.includes(this.#thread) === true) return false
    return this.#roads.isHeld(to)
  }

  #stray(link: Link, traveller: Traveller): void {
    this.clearing.strayed(link.thread)
    const isFlush = traveller.type === 'flush'
    if (isFlush) this.#roads.strayed(link, traveller)
    else {
      const via = [...(traveller.via ?? [link.thread]), this.#thread]
      this.#roads.strayed(link, { ...traveller, hops: traveller.hops + 1, via })
    }
  }
}

function isHere(cell: Cell): boolean {
  return (cell.flags & (absent & ~settling)) === 0
}

/** A verb and its input; a verb of no name, which no desk knows, for what is none. */
function wordOf(payload: unknown): [verb: string, input: unknown] {
  const [verb, input] = Array.isArray(payload) ? (payload as unknown[]) : []
  return typeof verb === 'string' ? [verb, input] : ['', undefined]
}

/** Whatever the other side sent as a fault. */
function faultOf(payload: unknown): Fault {
  return Fault.wrap(payload, 'call-failed', 'Cannot do what was asked of another thread')
}
