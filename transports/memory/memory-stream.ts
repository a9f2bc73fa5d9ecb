// A memory stream: two ends in one process, as a transport opens them between two nodes.
import { Fault } from '../../runtime/fault.ts'
import { invariant } from '../../runtime/invariant.ts'
import { MemoryPipe } from './memory-stream-pipe.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { PeerId, PeerStream, Purpose, StreamListener } from '../../runtime/transport.ts'
import type { PipeShape } from './memory-stream-pipe.ts'

export interface MemoryStreamParts {
  readonly random: Random
  readonly shape: PipeShape
  readonly purpose: Purpose
  readonly way: 'direct' | 'relayed'
  /** The one that dials first. */
  readonly ends: readonly [StreamSide, StreamSide]
  /** Whether bytes from one get through to the other now. */
  isBlocked(from: PeerId, to: PeerId): boolean
  /** Both ends are over. */
  over(pair: MemoryStreamPair): void
}

export interface StreamSide {
  readonly peer: PeerId
  readonly clock: Clock
  readonly address: string
}

/** Both ends of a stream, for whoever disturbs them. */
export class MemoryStreamPair {
  readonly dialler: MemoryStream
  readonly acceptor: MemoryStream
  readonly #parts: MemoryStreamParts

  constructor(parts: MemoryStreamParts) {
    this.#parts = parts
    const [dials, accepts] = parts.ends
    this.dialler = new MemoryStream(this, parts, dials, accepts)
    this.acceptor = new MemoryStream(this, parts, accepts, dials)
  }

  get ends(): readonly [MemoryStream, MemoryStream] {
    return [this.dialler, this.acceptor]
  }

  otherOf(end: MemoryStream): MemoryStream {
    return end === this.dialler ? this.acceptor : this.dialler
  }

  /** Whether it is between these two, in either order. */
  isOf(one: PeerId, other: PeerId): boolean {
    const [dials, accepts] = this.#parts.ends
    return (dials.peer === one && accepts.peer === other) || (dials.peer === other && accepts.peer === one)
  }

  has(peer: PeerId): boolean {
    return this.#parts.ends.some((end) => end.peer === peer)
  }

  /** Breaks when the bytes that `peer` has sent on it come to be so many. */
  breakAfter(peer: PeerId, bytes: number): void {
    const end = this.dialler.self === peer ? this.dialler : this.acceptor
    end.pipe.breakAfterBytes = bytes
  }

  /** Breaks now: what is on its way is lost, and both ends hear of it. */
  break(): void {
    for (const end of this.ends) end.finish(brokenFault(end))
  }

  /** Bytes may get through again. */
  go(): void {
    for (const end of this.ends) end.pipe.go()
  }

  ended(): void {
    if (this.ends.every(({ isOver }) => isOver)) this.#parts.over(this)
  }
}

export class MemoryStream implements PeerStream {
  readonly self: PeerId
  readonly peer: PeerId
  readonly purpose: Purpose
  readonly way: 'direct' | 'relayed'
  readonly address: string
  readonly pipe: MemoryPipe
  readonly #pair: MemoryStreamPair
  readonly #parts: MemoryStreamParts
  readonly #clock: Clock
  #listener: StreamListener | undefined = undefined
  /** It ended, for this reason, before anybody listened. */
  #end: { readonly fault: Error | undefined } | undefined = undefined
  /** This side has closed it; what it wrote is still leaving. */
  #isClosing = false

  constructor(pair: MemoryStreamPair, parts: MemoryStreamParts, self: StreamSide, other: StreamSide) {
    this.#pair = pair
    this.#parts = parts
    this.#clock = self.clock
    this.self = self.peer
    this.peer = other.peer
    this.purpose = parts.purpose
    this.way = parts.way
    this.address = other.address
    this.pipe = new MemoryPipe({
      clock: self.clock,
      random: parts.random.fork(self.peer),
      shape: parts.shape,
      isBlocked: () => parts.isBlocked(self.peer, other.peer),
      isOpen: () => pair.otherOf(this).isListening,
      deliver: (bytes) => pair.otherOf(this).take(bytes),
      drained: () => this.#drained(),
      left: () => this.#over(undefined),
      ended: () => pair.otherOf(this).finish(undefined),
      broke: () => pair.break(),
    })
  }

  get isDialled(): boolean {
    return this.#pair.dialler === this
  }

  get queuedBytes(): number {
    return this.pipe.queuedBytes
  }

  get isOver(): boolean {
    return this.#end !== undefined
  }

  /** Bytes may be handed over; to an end that is over they may too, and are lost there. */
  get isListening(): boolean {
    return this.#listener !== undefined || this.isOver
  }

  write(bytes: Uint8Array): void {
    if (!this.#isClosing && !this.isOver) this.pipe.write(bytes)
  }

  listen(listener: StreamListener): void {
    invariant(this.#listener === undefined, 'A stream was given a second listener')
    this.#listener = listener
    if (this.#end !== undefined) this.#tell(this.#end.fault)
    this.#pair.otherOf(this).pipe.go()
  }

  close(): void {
    if (this.#isClosing || this.isOver) return
    this.#isClosing = true
    this.pipe.end()
  }

  abort(why: Error): void {
    if (this.isOver) return
    this.finish(why)
    const other = this.#pair.otherOf(this)
    other.pipe.lose()
    const { latencyMs = 0 } = this.#parts.shape
    const hear = (): void => {
      if (this.#parts.isBlocked(this.self, this.peer)) return
      other.finish(brokenFault(other))
    }
    if (latencyMs === 0) this.#clock.later(hear)
    else this.#clock.alarm(this.#clock.now() + latencyMs, hear)
  }

  take(bytes: Uint8Array): void {
    if (!this.#isClosing && !this.isOver) this.#listener?.data(bytes)
  }

  /** Ends here without a word: the node is dead. */
  fallSilent(): void {
    this.pipe.lose()
    this.#end ??= { fault: undefined }
    this.#listener = { data: () => undefined, drained: () => undefined, closed: () => undefined }
  }

  /** Ends here, with all that was written and has not arrived. */
  finish(fault: Error | undefined): void {
    this.pipe.lose()
    this.#over(fault)
  }

  #over(fault: Error | undefined): void {
    if (this.isOver) return
    this.#end = { fault }
    if (this.#listener !== undefined) this.#tell(fault)
    this.#pair.ended()
  }

  #drained(): void {
    if (!this.isOver) this.#listener?.drained()
  }

  #tell(fault: Error | undefined): void {
    this.#clock.later(() => this.#listener?.closed(fault))
  }
}

export function brokenFault({ peer, address }: PeerStream): Fault {
  return new Fault(
    'stream-broken',
    `Cannot go on with the stream to ${peer} at ${address}: the connection was lost`,
    {
      hint: 'Wait: the line dials anew, and nothing is lost until the session ends.',
      details: { peer, address },
    },
  )
}
