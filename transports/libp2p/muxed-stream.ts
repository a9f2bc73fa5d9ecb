// A muxed stream: a stream of libp2p as a PeerStream. It is the one place that sends, and it goes by `idle` and `writeBufferLength` alone.
import { Fault } from '../../runtime/fault.ts'
import { thrownError } from './thrown-error.ts'
import type { Stream, StreamMessageEvent } from '@libp2p/interface'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { PeerId, PeerStream, Purpose, StreamListener } from '../../runtime/transport.ts'
import type { Carrier } from './carrier.ts'

/** Bytes in libp2p's own queue, from which on the rest waits here. */
export const handedBytesMax: number = 262_144
/** Smaller pieces are copied together, up to `togetherBytesMax`: libp2p handles a list of many pieces badly, and loses bytes of very many. */
export const pieceBytesMin: number = 4_096
export const togetherBytesMax: number = 65_536
/** How long the other side may take to close its end, or to take what was written before a close. */
export const closeMsMax: number = 5_000

export interface MuxedInit {
  readonly stream: Stream
  readonly carrier: Carrier
  readonly clock: Clock
  readonly peer: PeerId
  readonly purpose: Purpose
  readonly isDialled: boolean
  readonly way: 'direct' | 'relayed'
  readonly address: string
  /** Called once, after the listener has heard of it. */
  ended(): void
}

export class MuxedStream implements PeerStream {
  readonly peer: PeerId
  readonly purpose: Purpose
  readonly isDialled: boolean
  readonly way: 'direct' | 'relayed'
  readonly address: string
  readonly #stream: Stream
  readonly #carrier: Carrier
  readonly #clock: Clock
  readonly #ended: () => void
  readonly #onEmptied = (): void => {
    this.#handedBytes = this.#stream.writeBufferLength
    this.#tellDrained()
  }
  #waiting: Uint8Array[] = []
  #waitingBytes = 0
  /** At most so many have not left of those that libp2p was given. */
  #handedBytes = 0
  #isPumpDue = false
  #owesDrained = false
  #listener: StreamListener | undefined
  #closing: Alarm | undefined
  #isPeerDone = false
  #isOver = false
  #fault: Error | undefined

  constructor(init: MuxedInit) {
    this.peer = init.peer
    this.purpose = init.purpose
    this.isDialled = init.isDialled
    this.way = init.way
    this.address = init.address
    this.#stream = init.stream
    this.#carrier = init.carrier
    this.#clock = init.clock
    this.#ended = () => init.ended()
    this.#carrier.emptied.add(this.#onEmptied)
    // Not within the event: what is sent there is queued, and libp2p does not look at its queue again.
    this.#stream.addEventListener('idle', () => this.#pumpSoon())
    this.#stream.addEventListener('remoteCloseWrite', () => {
      this.#isPeerDone = true
      this.close()
    })
    this.#stream.addEventListener('close', ({ error, local }) => this.#close(error, local === true))
    if (this.#stream.status !== 'open') this.#clock.soon(() => this.#close(undefined, false))
  }

  get queuedBytes(): number {
    if (this.#isOver) return 0
    // The carrier also has what libp2p itself sends.
    const below = this.#stream.writeBufferLength + this.#carrier.unsentBytes
    return this.#waitingBytes + Math.min(this.#handedBytes, below)
  }

  write(bytes: Uint8Array): void {
    if (this.#isOver || this.#closing !== undefined || bytes.byteLength === 0) return
    this.#waiting.push(bytes)
    this.#waitingBytes += bytes.byteLength
    this.#owesDrained = true
    // A large piece leaves at once; small ones of the same turn leave together.
    if (this.#waitingBytes >= pieceBytesMin) this.#pump()
    else this.#pumpSoon()
  }

  listen(listener: StreamListener): void {
    this.#listener = listener
    if (this.#stream.readBufferLength > 0 || !this.#isOver) {
      this.#stream.addEventListener('message', (event) => this.#hand(event))
    }
    // What has come before is handed over in a microtask, and the end stands behind it.
    if (this.#isOver) this.#clock.later(() => listener.closed(this.#fault))
    else if (this.#owesDrained) this.#clock.soon(() => this.#tellDrained())
  }

  close(): void {
    if (this.#isOver || this.#closing !== undefined) return
    this.#closing = this.#clock.alarm(this.#clock.now() + closeMsMax, () =>
      this.abort(broken(this, `the other side did not close its end within ${closeMsMax} ms`)),
    )
    this.#pump()
  }

  abort(why: Error): void {
    if (this.#isOver) return
    this.#fault = why
    this.#stream.abort(why)
  }

  #hand({ data }: StreamMessageEvent): void {
    const listener = this.#listener
    if (listener === undefined) return
    if (data instanceof Uint8Array) listener.data(data)
    else for (const bytes of data) listener.data(bytes)
  }

  #pumpSoon(): void {
    if (this.#isPumpDue) return
    this.#isPumpDue = true
    this.#clock.soon(() => {
      this.#isPumpDue = false
      this.#pump()
    })
  }

  #pump(): void {
    const stream = this.#stream
    while (!this.#isOver && this.#waiting.length > 0 && stream.writeBufferLength <= handedBytesMax) {
      try {
        const piece = this.#take()
        this.#handedBytes += piece.byteLength
        stream.send(piece)
      } catch {
        // It has ended under us; the event for it comes, or has come.
        return
      }
    }
    if (this.#closing !== undefined && this.#waiting.length === 0 && stream.writeStatus === 'writable')
      this.#end()
    this.#tellDrained()
  }

  /** The next piece, or several small ones as one. */
  #take(): Uint8Array {
    let bytes = 0
    let count = 0
    for (const piece of this.#waiting) {
      const isLarge = piece.byteLength >= pieceBytesMin
      if (count > 0 && (isLarge || bytes + piece.byteLength > togetherBytesMax)) break
      bytes += piece.byteLength
      count++
      if (isLarge) break
    }
    const taken = count === 1 ? this.#waiting[0] : undefined
    const whole = taken ?? join(this.#waiting, count, bytes)
    this.#waiting.splice(0, count)
    this.#waitingBytes -= bytes
    return whole
  }

  #end(): void {
    void this.#stream.close().catch((error: unknown) => {
      this.#stream.abort(thrownError(error))
    })
  }

  #tellDrained(): void {
    if (!this.#owesDrained || this.#isOver || this.#listener === undefined || this.queuedBytes > 0) return
    this.#owesDrained = false
    this.#listener.drained()
  }

  #close(error: Error | undefined, isLocal: boolean): void {
    if (this.#isOver) return
    const isOrderly = error === undefined && (this.#isPeerDone || this.#closing !== undefined)
    if (!isOrderly)
      this.#fault ??= broken(this, isLocal ? (error?.message ?? 'it was ended here') : reasonOf(error), error)
    this.#isOver = true
    this.#closing?.cancel()
    this.#waiting = []
    this.#waitingBytes = 0
    this.#carrier.emptied.delete(this.#onEmptied)
    this.#listener?.closed(this.#fault)
    this.#ended()
  }
}

function join(pieces: readonly Uint8Array[], count: number, bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes)
  let at = 0
  for (let index = 0; index < count; index++) {
    const piece = pieces[index]
    if (piece === undefined) break
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}

function reasonOf(error: Error | undefined): string {
  if (error === undefined) return 'the connection is gone'
  return error.name === 'StreamResetError' ? 'the other side ended it' : error.message
}

function broken({ purpose, peer, address }: PeerStream, reason: string, cause?: Error): Fault {
  return new Fault(
    'stream-broken',
    `Cannot go on with the ${purpose} stream to ${peer} at ${address}: ${reason}`,
    {
      hint: 'Dial again; what was not acknowledged has to be sent again.',
      ...(cause === undefined ? {} : { cause }),
    },
  )
}
