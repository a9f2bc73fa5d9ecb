// The traffic of a session: its lanes both ways, and what of them goes over the stream in use, when.
import { IncomingLane } from './incoming-lane.ts'
import { OutgoingLane } from './outgoing-lane.ts'
import { acknowledge, kinds, word } from './unit.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Frame, Lane, WireCounts, WireListener } from '../../runtime/wire.ts'
import type { Room } from './hello.ts'
import type { SessionStream } from './session-stream.ts'
import type { SlabPool } from './slab-pool.ts'
import type { Acknowledgement, Malformed } from './unit.ts'

/** Bytes that wait in a stream: a signal waits behind no more. */
export const sendQueueBytesMax = 262_144
/** How long news may wait that the other side does not need for its credit. */
export const ackMsMax = 20

export interface TrafficParts {
  readonly clock: Clock
  readonly pool: SlabPool
  readonly room: Readonly<Record<Lane, Room>>
}

export class Traffic {
  readonly #clock: Clock
  readonly #outSignals: OutgoingLane
  readonly #outMessages: OutgoingLane
  readonly #inSignals: IncomingLane
  readonly #inMessages: IncomingLane
  #coming: IncomingLane
  #listener: WireListener | undefined = undefined
  #stream: SessionStream | undefined = undefined
  /** The other side has said on the stream what it has. */
  #isReady = false
  #isEnding = false
  #isEndSent = false
  #isOver = false
  #isFlushDue = false
  /** The other side waits for room. */
  #isAsked = false
  /** The other side was asked for room. */
  #hasAsked = false
  #ackAlarm: Alarm | undefined = undefined
  readonly #flushNow: () => void = () => {
    this.#isFlushDue = false
    this.flush()
  }

  constructor({ clock, pool, room }: TrafficParts) {
    this.#clock = clock
    this.#outSignals = new OutgoingLane('signals', room.signals, pool)
    this.#outMessages = new OutgoingLane('messages', room.messages, pool)
    const incoming = (lane: Lane): IncomingLane =>
      new IncomingLane({
        lane,
        room: room[lane],
        pool,
        isHeld: () => this.#listener === undefined,
        deliver: (name, frame) => this.#listener?.frame(name, frame),
      })
    this.#inSignals = incoming('signals')
    this.#inMessages = incoming('messages')
    this.#coming = this.#inMessages
  }

  get isReady(): boolean {
    return this.#isReady
  }

  /** Something was sent that the other side has not said to have. */
  get isWaiting(): boolean {
    return this.#isReady && !(this.#outSignals.isReceived && this.#outMessages.isReceived)
  }

  /** Nothing more is written, and the other side was handed all. */
  get isTaken(): boolean {
    return this.#isEndSent && this.#outSignals.isTaken && this.#outMessages.isTaken
  }

  /** All that came was handed over. */
  get isHandedOver(): boolean {
    return this.#inSignals.isTaken && this.#inMessages.isTaken
  }

  write(name: Lane, frame: Frame): boolean {
    const lane = name === 'signals' ? this.#outSignals : this.#outMessages
    // A signal that waits for room gets the next.
    const isTaken =
      name === 'messages' && this.#outSignals.wanted !== undefined ? lane.refuse(frame) : lane.take(frame)
    this.#flushLater()
    return isTaken
  }

  counts(lane: Lane): WireCounts {
    return lane === 'signals' ? this.#outSignals.counts : this.#outMessages.counts
  }

  /** Hands over what was held, and from now on what comes. */
  listen(listener: WireListener): void {
    this.#listener = listener
    for (const lane of [this.#inSignals, this.#inMessages]) lane.handOver(() => this.#isOver)
    if (this.#isOver) return
    this.read()
    this.tellRoom()
  }

  /** Goes on with a stream, once the other side has said on it what it has. */
  adopt(stream: SessionStream): void {
    this.leave()
    this.#stream = stream
    this.#inSignals.restart()
    this.#inMessages.restart()
  }

  leave(): void {
    this.#stream = undefined
    this.#isReady = false
    this.#isEndSent = false
    this.#isAsked = false
    this.#hasAsked = false
  }

  /** Nothing more will be written. */
  end(): void {
    this.#isEnding = true
    this.#flushLater()
  }

  acknowledged(state: Acknowledgement): Malformed | undefined {
    const reason =
      this.#outSignals.acknowledged(state.signals) ?? this.#outMessages.acknowledged(state.messages)
    if (reason !== undefined) return reason
    this.#hasAsked = false
    if (!this.#isReady) {
      this.#isReady = true
      this.#outSignals.restart()
      this.#outMessages.restart()
    }
    this.tellRoom()
    this.#flushLater()
    return undefined
  }

  segment(flags: number, number: number, length: number): Malformed | undefined {
    this.#coming = (flags & 1) === 0 ? this.#inSignals : this.#inMessages
    return this.#coming.begin(flags, number, length)
  }

  piece(bytes: Uint8Array): Malformed | undefined {
    return this.#coming.piece(bytes)
  }

  /** The other side waits for room: it is told of the next news at once. */
  asked(): void {
    this.#isAsked = true
  }

  /** A piece of the stream was read: tells the other side what it has to know. */
  read(): void {
    const { isBigNews: isBigSignals, isNews: isNewSignals } = this.#inSignals
    const { isBigNews, isNews } = this.#inMessages
    if (!isNews && !isNewSignals) return
    if (isBigSignals || isBigNews || this.#isAsked) this.tell()
    else
      this.#ackAlarm ??= this.#clock.alarm(this.#clock.now() + ackMsMax, () => {
        this.#ackAlarm = undefined
        if (this.#inSignals.isNews || this.#inMessages.isNews) this.tell()
      })
  }

  /** What is here, for the other side. */
  acknowledgement(): Uint8Array {
    const bytes = acknowledge({ signals: this.#inSignals.state, messages: this.#inMessages.state })
    this.#inSignals.told()
    this.#inMessages.told()
    this.#isAsked = false
    return bytes
  }

  /** Tells the other side what is here. */
  tell(): void {
    if (this.#stream !== undefined) this.#stream.write(this.acknowledgement())
  }

  flush(): void {
    const stream = this.#stream
    if (stream === undefined || !this.#isReady || this.#isOver) return
    while (stream.stream.queuedBytes < sendQueueBytesMax) {
      const bytes = this.#outSignals.next() ?? this.#outMessages.next()
      if (bytes === undefined) break
      stream.write(bytes)
    }
    if (this.isWaiting) stream.watch()
    if (!this.#hasAsked && (this.#outSignals.isStarved || this.#outMessages.isStarved)) {
      this.#hasAsked = true
      stream.write(word(kinds.prompt))
    }
    if (this.#isEnding && !this.#isEndSent && this.#outSignals.isSent && this.#outMessages.isSent) {
      this.#isEndSent = true
      stream.write(word(kinds.end))
    }
  }

  /** The lanes that were refused and have room again. */
  tellRoom(): void {
    if (this.#listener === undefined) return
    for (const lane of [this.#outSignals, this.#outMessages]) {
      const { wanted } = lane
      const isPassed = lane === this.#outMessages && this.#outSignals.wanted !== undefined
      if (wanted === undefined || isPassed || this.#isEnding || this.#isOver || !lane.allows(wanted)) continue
      lane.wanted = undefined
      this.#listener.room(lane.lane)
    }
  }

  /** Nothing more comes or goes. @param isInOrder the other side was handed everything */
  finish(isInOrder: boolean): void {
    this.leave()
    this.#isOver = true
    this.#ackAlarm?.cancel()
    for (const lane of [this.#outSignals, this.#outMessages]) lane.finish(isInOrder)
    this.#inSignals.finish()
    this.#inMessages.finish()
  }

  #flushLater(): void {
    if (this.#isFlushDue || !this.#isReady) return
    this.#isFlushDue = true
    this.#clock.later(this.#flushNow)
  }
}
