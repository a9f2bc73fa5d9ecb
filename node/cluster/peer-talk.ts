// A peer's talk: one session with one process of another node, and the line that keeps it attached.
import { Line } from '../../transports/session/line.ts'
import { PeerWire } from './peer-wire.ts'
import { Session } from '../../transports/session/session.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Random } from '../../runtime/random.ts'
import type { PeerId, PeerStream, Transport } from '../../runtime/transport.ts'
import type { Wire } from '../../runtime/wire.ts'
import type { SlabPool } from '../../transports/session/slab-pool.ts'
import type { WordKind } from './peer-wire.ts'

/** The first and the longest wait before a node is dialled again: a member that is gone is none within seconds, so nobody is dialled for long. */
export const memberRedialMsBounds = { min: 100, max: 2_000 } as const

export interface TalkParts {
  readonly clock: Clock
  readonly random: Random
  readonly transport: Transport
  readonly pool: SlabPool
  /** The names of both processes, as `sessionName` makes them. */
  readonly session: string
}

/** What a talk calls. Must not throw. */
export interface TalkEvents {
  word(talk: PeerTalk, kind: WordKind, bytes: Uint8Array): void
  attached(talk: PeerTalk, stream: PeerStream): void
  detached(talk: PeerTalk): void
  /** A dial came to nothing. */
  missed(talk: PeerTalk, why: Fault): void
  ended(talk: PeerTalk): void
  /** Calls once everything up to that index has been applied here; at once if it has. @returns what ends the waiting */
  whenApplied(index: number, run: () => void): () => void
  /** The other side did what no honest node does, and the talk was ended. */
  distrusted(talk: PeerTalk, reason: string): void
}

/** How long messages may wait for a decision that they refer to, in milliseconds; a node that is so far behind has been removed. */
export const barrierMsMax = 60_000

export class PeerTalk {
  readonly peer: PeerId
  readonly uid: string
  readonly wire: PeerWire
  readonly line: Line
  /** For large messages; dialled with the first of them. */
  readonly bulk: Wire
  readonly bulkLine: Line
  /** Where the other side may be reached. */
  addresses: readonly string[]
  readonly #clock: Clock
  readonly #events: TalkEvents
  #endBarrier: () => void = () => undefined

  constructor(
    other: { readonly peer: PeerId; readonly uid: string; readonly addresses: readonly string[] },
    parts: TalkParts,
    events: TalkEvents,
  ) {
    const { clock, random, transport, pool } = parts
    this.#clock = clock
    this.#events = events
    this.peer = other.peer
    this.uid = other.uid
    this.addresses = other.addresses
    const target = (): { peer: PeerId; addresses: readonly string[] } => ({
      peer: this.peer,
      addresses: this.addresses,
    })
    const lineFor = (purpose: 'main' | 'bulk'): Line => {
      const id = purpose === 'main' ? parts.session : bulkName(parts.session)
      const ends = { self: transport.peer, peer: other.peer }
      const session = new Session({ clock, random, pool, id, ...ends })
      return new Line({ clock, random, transport, session, purpose, target, redialMs: memberRedialMsBounds })
    }
    this.line = lineFor('main')
    this.bulkLine = lineFor('bulk')
    this.bulk = dialledAtNeed(this.bulkLine)
    this.line.watch({
      attached: (stream) => events.attached(this, stream),
      detached: () => events.detached(this),
      missed: (why) => events.missed(this, why),
    })
    this.wire = new PeerWire(this.line.session, {
      word: (kind, bytes) => events.word(this, kind, bytes),
      closed: () => {
        this.#endBarrier()
        this.bulk.cut()
        events.ended(this)
      },
      whenApplied: (index, run) => this.#await(index, run),
    })
  }

  /** A decision that never comes must not hold messages for ever: there may be none. */
  #await(index: number, run: () => void): void {
    const late = this.#clock.alarm(this.#clock.now() + barrierMsMax, () => {
      this.#endBarrier()
      this.#events.distrusted(this, 'barrier-late')
      this.end()
    })
    let isOver = false
    const end = this.#events.whenApplied(index, () => {
      isOver = true
      late.cancel()
      run()
    })
    this.#endBarrier = () => {
      late.cancel()
      end()
    }
    if (isOver) this.#endBarrier = () => undefined
  }

  get isOver(): boolean {
    return this.wire.isClosed
  }

  /** The other process is gone for good, or is no member any more. */
  end(): void {
    this.wire.cut()
  }
}

/** Few nodes ever send anything large to each other. */
function dialledAtNeed(line: Line): Wire {
  const { session } = line
  let isStarted = false
  return {
    write: (lane, frame) => {
      if (!isStarted) line.start()
      isStarted = true
      return session.write(lane, frame)
    },
    listen: (listener) => session.listen(listener),
    close: () => session.close(),
    cut: () => session.cut(),
    counts: (lane) => session.counts(lane),
  }
}

/** A process of a node, as sessions name it. */
export function processName(peer: PeerId, uid: string): string {
  return `${peer}.${uid}`
}

/** The same on both sides. */
export function sessionName(one: string, other: string): string {
  return [one, other].toSorted().join(' ')
}

const bulkMark = 'bulk '

/** The session for large messages beside another one. */
function bulkName(session: string): string {
  return `${bulkMark}${session}`
}

/** Whether a session is one for large messages. */
export function isBulk(session: string): boolean {
  return session.startsWith(bulkMark)
}

/** The other process in the name of a session with this one; undefined where it is not one of both. */
export function otherIn(
  session: string,
  own: string,
): { readonly peer: PeerId; readonly uid: string } | undefined {
  const names = (isBulk(session) ? session.slice(bulkMark.length) : session).split(' ')
  const other = names[0] === own ? names[1] : names[0]
  const cut = other?.lastIndexOf('.') ?? -1
  if (names.length !== 2 || !names.includes(own) || other === undefined || other === own || cut < 0)
    return undefined
  return { peer: other.slice(0, cut), uid: other.slice(cut + 1) }
}
