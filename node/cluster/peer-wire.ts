// A peer's wire: one session with another node, shared by what the nodes say to each other and by the link between their actors.
import type { Frame, Lane, Wire, WireCounts, WireListener } from '../../runtime/wire.ts'

/** Bytes that a barrier is taken to cost which waits behind another one. */
const barrierBytes = 64

/** What a word between nodes is about: the first byte of its body. `barrier` is this file's own. */
export const words = { barrier: 0, council: 1, failure: 2, groups: 3 } as const
export type WordKind = Exclude<keyof typeof words, 'barrier'>

/** Bytes of messages that wait here until this node knows what they refer to; a sender that is further ahead is cut off. */
export const barrierBytesMax = 67_108_864

const kinds = new Map<number, keyof typeof words>(
  Object.entries(words).map(([kind, number]) => [number, kind as keyof typeof words]),
)
const noWords = new Int32Array(0)

/** What a peer's wire calls. Must not throw. */
export interface PeerWireEvents {
  word(kind: WordKind, bytes: Uint8Array): void
  /** The session is over. */
  closed(): void
  /** Calls once everything up to that index has been applied here; at once if it has. */
  whenApplied(index: number, run: () => void): void
}

/**
 * A frame without records is a word of the node itself. On the lane of messages the only one is the barrier: what comes after it may
 * refer to what was decided up to an index, and waits here until this node has applied that.
 */
export class PeerWire {
  /** For the link, once the other node is known to be a member. */
  readonly wire: Wire
  readonly #session: Wire
  readonly #events: PeerWireEvents
  #listener: WireListener | undefined = undefined
  #toldIndex = 0
  #index = 0
  /** What waits behind a barrier, or for the link. */
  #held: (() => void)[] = []
  #heldBytes = 0
  #barriers = 0
  #isClosed = false
  /** Words that found no room, and frames of nobody's. */
  dropped = 0

  constructor(session: Wire, events: PeerWireEvents) {
    this.#session = session
    this.#events = events
    this.wire = this.#linkWire()
    session.listen({
      frame: (lane, frame) => this.#take(lane, frame),
      room: (lane) => this.#listener?.room(lane),
      closed: (why) => {
        this.#isClosed = true
        this.#held = []
        this.#listener?.closed(why)
        events.closed()
      },
    })
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** Says something to the other node; lost if there is no room or the session ends before it has left. */
  say(kind: WordKind, bytes: Uint8Array): void {
    if (!this.#session.write('signals', wordFrame(words[kind], bytes))) this.dropped++
  }

  /** From now on what this node sends may refer to what was decided up to an index. */
  refersTo(index: number): void {
    this.#index = Math.max(this.#index, index)
  }

  close(): void {
    this.#session.close()
  }

  cut(): void {
    this.#session.cut()
  }

  #linkWire(): Wire {
    return {
      write: (lane, frame) => this.#write(lane, frame),
      listen: (listener) => {
        this.#listener = listener
        if (this.#isClosed) listener.closed('cut')
        else if (this.#barriers === 0) this.#release()
      },
      close: () => this.#session.close(),
      cut: () => this.#session.cut(),
      counts: (lane): WireCounts => this.#session.counts(lane),
    }
  }

  #write(lane: Lane, frame: Frame): boolean {
    const index = this.#index
    if (lane === 'messages' && index > this.#toldIndex) {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setFloat64(0, index, true)
      if (!this.#session.write(lane, wordFrame(words.barrier, bytes))) return false
      this.#toldIndex = index
    }
    return this.#session.write(lane, frame)
  }

  #take(lane: Lane, frame: Frame): void {
    if (frame.count === 0) {
      this.#takeWord(lane, frame)
      return
    }
    const listener = this.#listener
    if (listener !== undefined && (lane === 'signals' || this.#barriers === 0)) listener.frame(lane, frame)
    else this.#hold(lane, frame)
  }

  #takeWord(lane: Lane, { body }: Frame): void {
    const kind = kinds.get(body[0] ?? -1)
    if (lane === 'messages' && kind === 'barrier' && body.byteLength === 9)
      this.#barrier(new DataView(body.buffer, body.byteOffset).getFloat64(1, true))
    else if (lane === 'signals' && kind !== undefined && kind !== 'barrier')
      this.#events.word(kind, body.subarray(1))
    else this.dropped++
  }

  #barrier(index: number): void {
    if (!Number.isSafeInteger(index) || index < 0) this.#refuse()
    else if (this.#barriers > 0)
      this.#keep(barrierBytes, () => {
        this.#barrier(index)
      })
    else {
      this.#barriers++
      this.#events.whenApplied(index, () => {
        this.#barriers--
        if (this.#listener !== undefined) this.#release()
      })
    }
  }

  #hold(lane: Lane, { words: head, count, body, attachments }: Frame): void {
    const bytes =
      head.byteLength + body.byteLength + attachments.reduce((sum, one) => sum + one.byteLength, 0)
    const kept = { words: head.slice(), count, body: body.slice(), attachments }
    this.#keep(bytes, () => this.#listener?.frame(lane, kept))
  }

  #keep(bytes: number, run: () => void): void {
    if (this.#heldBytes + bytes > barrierBytesMax) {
      this.#refuse()
      return
    }
    this.#heldBytes += bytes
    this.#held.push(() => {
      this.#heldBytes -= bytes
      run()
    })
  }

  /** No honest node sends that. */
  #refuse(): void {
    this.dropped++
    this.#session.cut()
  }

  /** Goes on with what waits, up to the next barrier that stands. */
  #release(): void {
    while (this.#barriers === 0 && this.#held.length > 0) this.#held.shift()?.()
  }
}

function wordFrame(kind: number, bytes: Uint8Array): Frame {
  const body = new Uint8Array(1 + bytes.byteLength)
  body[0] = kind
  body.set(bytes, 1)
  return { words: noWords, count: 0, body, attachments: [] }
}
