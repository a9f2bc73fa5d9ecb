// Peers: the other nodes that this one speaks with, whether they are members or not yet; it meets them, dials them and takes in who calls.
import { Gathered } from './gathered.ts'
import { letterIn, letterOf } from './letter.ts'
import { answerMeeting, cardBytesMax, isCard, meet } from './meeting.ts'
import { isBulk, otherIn, PeerTalk, processName, sessionName } from './peer-talk.ts'
import { Reception } from '../../transports/session/reception.ts'
import { seatOf } from './seat.ts'
import { SlabPool } from '../../transports/session/slab-pool.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { DialTarget, PeerId, PeerStream, Transport } from '../../runtime/transport.ts'
import type { Hello } from '../../transports/session/hello.ts'
import type { Host, Refusal } from '../../transports/session/reception.ts'
import type { Card } from './meeting.ts'
import type { TalkEvents } from './peer-talk.ts'
import type { WordKind } from './peer-wire.ts'

/** Processes of other nodes that one node speaks with. */
export const talksMax = 2_000
/** Processes of one node that are spoken with at once: one that starts again and again has that many in a minute. */
export const talksOfPeerMax = 8
/** Streams whose guests have not said what they want. */
export const guestsMax = 256
/** How long a meeting may take, with the dial, in milliseconds. */
export const meetDialMsMax = 10_000

export interface PeersParts {
  readonly clock: Clock
  readonly random: Random
  readonly transport: Transport
  readonly events: TalkEvents
  /** Which process this is. */
  card(): Card
  /** Whether a node is spoken to; not one that was revoked. */
  admits(peer: PeerId): boolean
  /** Another process was met. */
  met(peer: PeerId, card: Card): void
  /** Answers a letter that somebody has brought to the foyer, maybe without a certificate; undefined for who is turned away. */
  guest?(stream: PeerStream, letter: Uint8Array): Promise<Uint8Array | undefined>
  /** This node is reached elsewhere now. */
  readdressed(): void
}

export class Peers {
  readonly #parts: PeersParts
  readonly #talks = new Map<string, PeerTalk>()
  /** The newest talk with each node, by its seat in the council. */
  readonly #seated = new Map<number, PeerTalk>()
  readonly #reception: Reception
  readonly #pool = new SlabPool()
  #guests = 0
  /** Streams that were refused, and words that were lost, by reason. */
  readonly refused: Map<string, number> = new Map()

  constructor(parts: PeersParts) {
    this.#parts = parts
    this.#reception = new Reception({
      clock: parts.clock,
      welcome: (hello, stream) => this.#welcome(hello, stream),
      malformed: (reason) => this.count(reason),
    })
  }

  get talks(): IterableIterator<PeerTalk> {
    return this.#talks.values()
  }

  async open(): Promise<void> {
    await this.#parts.transport.listen({
      opened: (stream) => this.#opened(stream),
      readdressed: () => this.#parts.readdressed(),
    })
  }

  async close(): Promise<void> {
    this.#reception.close()
    for (const talk of this.#talks.values()) talk.wire.close()
    await this.#parts.transport.close()
  }

  /** Says something to the node of a seat; lost where nobody has been met there. */
  sayTo(seat: number, kind: WordKind, bytes: Uint8Array): void {
    const talk = this.#seated.get(seat)
    if (talk === undefined || talk.isOver) this.count('nobody-there')
    else talk.wire.say(kind, bytes)
  }

  isSeated(seat: number): boolean {
    return this.#seated.get(seat)?.line.isAttached === true
  }

  /** The talk with a process; begun, and dialled, if there is none. */
  talkTo(other: {
    readonly peer: PeerId
    readonly uid: string
    readonly addresses: readonly string[]
  }): PeerTalk {
    const known = this.#talks.get(processName(other.peer, other.uid))
    if (known !== undefined && !known.isOver) {
      if (other.addresses.length > 0) known.addresses = other.addresses
      return known
    }
    const { clock, random, transport, card, events } = this.#parts
    const own = processName(transport.peer, card().uid)
    const name = processName(other.peer, other.uid)
    const parts = { clock, random, transport, pool: this.#pool, session: sessionName(own, name) }
    const talk = new PeerTalk(other, parts, {
      ...events,
      attached: (attached, stream) => {
        this.#seated.set(seatOf(attached.peer), attached)
        events.attached(attached, stream)
      },
      ended: (ended) => {
        if (this.#talks.get(name) === ended) this.#talks.delete(name)
        this.#unseat(ended)
        events.ended(ended)
      },
    })
    this.#talks.set(name, talk)
    // What the council knows of a node may be older than the process that is spoken with.
    if (!this.isSeated(seatOf(other.peer))) this.#seated.set(seatOf(other.peer), talk)
    talk.line.start()
    return talk
  }

  /** Finds out which process is at an address, and begins to talk with it. @throws {Fault} `peer-unreachable` `peer-refused` */
  async meet(target: DialTarget): Promise<PeerTalk | undefined> {
    const { clock, transport, card } = this.#parts
    const controller = new AbortController()
    const late = clock.alarm(clock.now() + meetDialMsMax, () => controller.abort())
    try {
      const stream = await transport.dial(target, 'foyer', controller.signal)
      if (stream.peer === transport.peer || !this.#parts.admits(stream.peer)) {
        stream.close()
        return undefined
      }
      const other = await meet(stream, card(), clock)
      this.#parts.met(stream.peer, other)
      return this.talkTo({ peer: stream.peer, uid: other.uid, addresses: target.addresses })
    } finally {
      late.cancel()
    }
  }

  /** This process is another one from now on: what was said to the one before was not said to it. */
  begin(): void {
    for (const talk of this.#talks.values()) talk.end()
  }

  /** Another process of the node may be there, and may have been all the time. */
  #unseat(ended: PeerTalk): void {
    const seat = seatOf(ended.peer)
    if (this.#seated.get(seat) !== ended) return
    this.#seated.delete(seat)
    const others = [...this.#talks.values()].filter(({ peer, isOver }) => peer === ended.peer && !isOver)
    const next = others.find(({ line }) => line.isAttached) ?? others.at(-1)
    if (next !== undefined) this.#seated.set(seat, next)
  }

  count(reason: string): void {
    this.refused.set(reason, (this.refused.get(reason) ?? 0) + 1)
  }

  #opened(stream: PeerStream): void {
    if (stream.purpose === 'foyer') this.#receive(stream)
    else if (stream.isDialled) this.#goOn(stream)
    else this.#reception.accept(stream)
  }

  /** The other side has asked over a relay to be dialled directly: it waits for this one to say which session goes on there. */
  #goOn(stream: PeerStream): void {
    const talk = this.#seated.get(seatOf(stream.peer))
    const line = stream.purpose === 'bulk' ? talk?.bulkLine : talk?.line
    if (line?.session.stream?.way === 'relayed') line.session.join(stream)
    else stream.abort(new Error('the stream is not needed'))
  }

  /** Whoever comes to the foyer shows a card or brings a letter, and is gone within seconds. */
  #receive(stream: PeerStream): void {
    const { clock } = this.#parts
    if (this.#guests >= guestsMax) {
      this.#turnAway(stream, 'guests-full')
      return
    }
    this.#guests++
    let isOver = false
    const end = (): void => {
      if (!isOver) this.#guests--
      isOver = true
      late.cancel()
    }
    const gathered = new Gathered()
    const late = clock.alarm(clock.now() + meetDialMsMax, () => {
      end()
      this.#turnAway(stream, 'guest-silent')
    })
    stream.listen({
      data: (piece) => {
        if (isOver) return
        const bytes = gathered.add(piece)
        const isMeeting = isCard(bytes) && bytes.byteLength <= cardBytesMax
        const letter = isMeeting ? undefined : letterIn(bytes)
        if (letter === undefined && !(isMeeting && bytes.includes(10))) return
        end()
        if (letter === undefined) this.#meet(stream, bytes)
        else if (letter === 'malformed') this.#turnAway(stream, 'guest-malformed')
        else void this.#answer(stream, letter)
      },
      drained: () => undefined,
      closed: end,
    })
  }

  #meet(stream: PeerStream, bytes: Uint8Array): void {
    const { card, met, admits } = this.#parts
    if (stream.peer === '' || !admits(stream.peer)) {
      this.#turnAway(stream, 'peer-revoked')
      return
    }
    const other = answerMeeting(stream, bytes, card())
    if (other === undefined) this.count('cluster-foreign')
    else met(stream.peer, other)
  }

  async #answer(stream: PeerStream, letter: Uint8Array): Promise<void> {
    const answer = await this.#parts.guest?.(stream, letter)
    if (answer === undefined) {
      this.#turnAway(stream, 'guest-unknown')
      return
    }
    stream.write(letterOf(answer))
    stream.close()
  }

  #turnAway(stream: PeerStream, reason: string): void {
    this.count(reason)
    stream.abort(new Error(reason))
  }

  #welcome(hello: Hello, stream: PeerStream): Host | Refusal {
    const { transport, card, admits } = this.#parts
    const other = otherIn(hello.session, processName(transport.peer, card().uid))
    const refusal =
      other === undefined || other.peer !== stream.peer
        ? 'session-unknown'
        : admits(stream.peer)
          ? undefined
          : 'peer-revoked'
    if (other === undefined || refusal !== undefined) return this.#refuse(refusal ?? 'session-unknown')
    const isKnown = this.#talks.has(processName(other.peer, other.uid))
    if (isBulk(hello.session) !== (stream.purpose === 'bulk')) return this.#refuse('purpose-unknown')
    if (!isKnown && !this.#hasRoomFor(other.peer)) {
      this.count('talks-full')
      return { code: 'talks-full', isFinal: false }
    }
    const talk = this.talkTo({ ...other, addresses: [] })
    return isBulk(hello.session) ? talk.bulkLine : talk.line
  }

  /** One node must not take the room of all others: of its own processes those go that nobody hears of any more. */
  #hasRoomFor(peer: PeerId): boolean {
    const own = [...this.#talks.values()].filter((talk) => talk.peer === peer)
    if (own.length >= talksOfPeerMax) {
      const oldest = own.find(({ line }) => !line.isAttached)
      if (oldest === undefined) return false
      oldest.end()
    }
    return this.#talks.size < talksMax
  }

  #refuse(code: string): Refusal {
    this.count(code)
    return { code, isFinal: true }
  }
}
