// A dispatch: puts travellers on links, each as the record that it is, or gives them an end if they cannot go.
import { Ask } from '../../runtime/ask.ts'
import { chainOf, FarOrigin } from './far-origin.ts'
import { Encoder } from '../codec/encoder.ts'
import { offerLate } from './far-offer.ts'
import { offersMax } from '../../runtime/offer.ts'
import { deathFault, deliverToNobody } from '../../runtime/router.ts'
import { messageOf } from './traveller.ts'
import { followed, proxyAsk, proxyOffer } from './proxied.ts'
import * as record from './record.ts'
import type { Host } from '../../runtime/cell.ts'
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { Envelope } from '../../runtime/envelope.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Link } from './link.ts'
import type { ReplyTable } from './reply-table.ts'
import type { FarOffer, Trail, Traveller } from './traveller.ts'

/** How often a message may be sent on: each move of its receiver while it is on its way costs one. */
export const hopsMax = 16

/** A payload that may cross, and about how many bytes it will take. */
interface Body {
  readonly payload: unknown
  readonly bytes: number
  /** And how many travel beside it. */
  readonly attached: number
}

export class Dispatch {
  readonly #host: Host
  readonly #thread: number
  readonly #replies: ReplyTable
  readonly #admitter = new Encoder()
  /** Offers that wait for room on a link. */
  readonly #crowded = new Map<Link, Traveller[]>()

  /** @param thread this runtime's own number */
  constructor(host: Host, thread: number, replies: ReplyTable) {
    this.#host = host
    this.#thread = thread
    this.#replies = replies
  }

  /** Sends a tell, the most frequent of all. @throws {Fault} `payload-unencodable` `payload-too-large` `transfer-invalid` */
  tell(link: Link, envelope: Envelope, transfer?: readonly ArrayBuffer[]): void {
    const payload = this.#admitter.admit(envelope.payload, envelope, transfer)
    const { admittedBytes, attachedBytes } = this.#admitter
    link.tell(envelope, payload, admittedBytes, attachedBytes)
  }

  /** Throws what would be thrown if the payload were to cross now. */
  check(envelope: Envelope): void {
    this.#admitter.admit(envelope.payload, envelope)
  }

  send(link: Link, traveller: Traveller): void {
    switch (traveller.type) {
      case 'flush':
        link.flush(traveller.to, traveller.id, traveller.replyTo)
        return
      case 'stop':
        if (traveller.hops <= hopsMax) link.stop(traveller.to, traveller)
        return
      case 'kill':
        if (traveller.hops <= hopsMax) link.kill(traveller.to, traveller.hops)
        return
      case 'message':
        if (traveller.hops > hopsMax) this.refuse(traveller, 'actor-unknown')
        else if (link.isFull) this.refuse(traveller, 'wire-full')
        else this.#sendMessage(link, traveller.envelope, traveller)
        return
      case 'offer':
        if (traveller.hops > hopsMax) this.refuse(traveller, 'actor-unknown')
        else if (link.isFull) this.#wait(link, traveller)
        else this.#sendOffer(link, traveller)
    }
  }

  /** Ends what cannot be delivered. */
  refuse(traveller: Traveller, reason: DeadReason): void {
    if (traveller.type === 'message') this.bury(traveller.envelope, reason)
    else if (traveller.type === 'offer') traveller.offer.refuse(deathFault(messageOf(traveller), reason))
  }

  bury(envelope: Envelope, reason: DeadReason, fault?: Fault): void {
    deliverToNobody(this.#host, envelope, reason, fault)
  }

  /** Takes out the offers that wait for room on a link, which has some now or is closed. */
  takeCrowded(link: Link): Traveller[] {
    const waiting = this.#crowded.get(link) ?? []
    this.#crowded.delete(link)
    return waiting
  }

  /** An offer waits where a tell would be refused. */
  #wait(link: Link, traveller: Traveller): void {
    const waiting = this.#crowded.get(link) ?? []
    this.#crowded.set(link, waiting)
    if (waiting.length < offersMax) waiting.push(traveller)
    else this.refuse(traveller, 'wire-full')
  }

  #sendMessage(link: Link, envelope: Envelope, trail: Trail): void {
    const { origin } = envelope
    const body = this.#bodyOf(envelope)
    if (body === undefined) return
    if (origin instanceof FarOrigin) this.#sendForeignAsk(link, envelope, { body, trail, origin })
    else if (origin instanceof Ask) this.#sendAsk(link, envelope, { body, trail, origin })
    else {
      const { hops, via } = trail
      link.message(record.tell, envelope, body, { hops, beside: via === undefined ? undefined : { via } })
    }
  }

  #sendForeignAsk(
    link: Link,
    envelope: Envelope,
    { body, trail, origin }: { readonly body: Body; readonly trail: Trail; readonly origin: FarOrigin },
  ): void {
    const { dueMs, thread } = origin.ask
    const { hops, via } = trail
    const proxy = proxyAsk(this.#replies, origin, link)
    if (proxy === null) {
      this.bury(envelope, 'wire-full')
      return
    }
    const replyTo = proxy === undefined ? thread : this.#thread
    const chain =
      proxy === undefined ? origin.ask.chain : followed(origin.ask.chain, this.#thread, this.#replies)
    const beside = { replyTo, via, ...(chain.length === 0 ? {} : { chain }) }
    const id = proxy ?? origin.ask.id
    link.message(record.ask, envelope, body, { id, timeoutMs: this.#leftMs(dueMs), hops, beside })
  }

  #sendAsk(
    link: Link,
    envelope: Envelope,
    { body, trail, origin }: { readonly body: Body; readonly trail: Trail; readonly origin: Ask },
  ): void {
    if (!origin.wanted) {
      this.bury(envelope, 'message-unwanted')
      return
    }
    const replies = this.#replies
    if (origin.table !== replies && replies.isFull) {
      this.bury(envelope, 'wire-full')
      return
    }
    if (origin.table !== replies) {
      origin.id = replies.open(origin, link.thread)
      origin.table = replies
    } else replies.sentTo(origin.id, link.thread)
    const chain = chainOf(origin.cause)
    const { hops, via } = trail
    const isPlain = chain.length === 0 && via === undefined
    const beside = isPlain ? undefined : { replyTo: this.#thread, chain, via }
    link.message(record.ask, envelope, body, {
      id: origin.id,
      timeoutMs: this.#leftMs(origin.dueMs),
      hops,
      beside,
    })
  }

  #sendOffer(link: Link, { offer, hops, via }: Traveller & { type: 'offer' }): void {
    const { envelope, id, dueMs, replyTo } = offer
    if (dueMs <= this.#host.clock.now()) {
      offer.refuse(offerLate(offer))
      return
    }
    const body = this.#bodyOf(envelope, (fault) => offer.refuse(fault))
    if (body === undefined) return
    if (replyTo === this.#thread) this.#replies.sentTo(id, link.thread)
    const proxy = proxyOffer(this.#replies, this.#askingFor(offer), link)
    if (proxy === null) {
      offer.refuse(deathFault(envelope, 'wire-full'))
      return
    }
    link.message(record.offer, envelope, body, {
      id: proxy ?? id,
      timeoutMs: this.#leftMs(dueMs),
      hops,
      beside: { replyTo: proxy === undefined ? replyTo : this.#thread, via },
    })
  }

  #askingFor(offer: FarOffer): Parameters<typeof proxyOffer>[1] {
    return { own: this.#thread, offer, nowMs: () => this.#host.clock.now() }
  }

  /** Admits the payload again: it may have been changed while it waited. */
  #bodyOf(
    envelope: Envelope,
    refuse: (fault: Fault) => void = (fault) => this.bury(envelope, 'payload-unencodable', fault),
  ): Body | undefined {
    try {
      const payload = this.#admitter.admit(envelope.payload, envelope)
      const { admittedBytes: bytes, attachedBytes: attached } = this.#admitter
      return { payload, bytes, attached }
    } catch (fault) {
      refuse(fault as Fault)
      return undefined
    }
  }

  #leftMs(dueMs: number): number {
    // By whole milliseconds: a look at the clock for each ask would cost as much as the rest of this.
    return Math.max(1, Math.ceil(dueMs - this.#host.scheduler.recordMs))
  }
}
