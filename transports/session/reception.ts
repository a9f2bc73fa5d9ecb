// A reception: takes in streams that other nodes have opened, until their hello says which session they are for.
import { SessionStream } from './session-stream.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { PeerStream } from '../../runtime/transport.ts'
import type { Hello } from './hello.ts'
import type { StreamOwner } from './session-stream.ts'
import type { Malformed } from './unit.ts'

/** Streams that have not said hello. */
export const callersMax = 1_000

/** Why a stream is not taken. */
export interface Refusal {
  /** As of a fault: `noun-state`. */
  readonly code: string
  /** Not later either: the other side gives the session up. */
  readonly isFinal: boolean
}

/** A line, or a session without one. */
export interface Host {
  accept(stream: SessionStream, hello: Hello): void
}

export interface ReceptionOptions {
  readonly clock: Clock
  /** Whose stream it is. The peer's id is proven, what its hello says is not. */
  welcome(hello: Hello, stream: PeerStream): Host | Refusal
  /** A stream was given up before its session was known. */
  malformed?(reason: Malformed, stream: PeerStream): void
}

export class Reception {
  readonly #options: ReceptionOptions
  readonly #callers = new Set<SessionStream>()

  constructor(options: ReceptionOptions) {
    this.#options = options
  }

  /** Streams that have not said hello. */
  get waiting(): number {
    return this.#callers.size
  }

  accept(stream: PeerStream): void {
    const caller = new SessionStream(stream, this.#options.clock, this.#owner())
    if (this.#callers.size >= callersMax) return caller.refuse('reception-full', false)
    this.#callers.add(caller)
  }

  close(): void {
    for (const caller of this.#callers) caller.refuse('node-closing', false)
    this.#callers.clear()
  }

  #owner(): StreamOwner {
    return {
      hello: (stream, hello) => this.#welcome(stream, hello),
      lost: (stream, _why, reason) => {
        this.#callers.delete(stream)
        if (reason !== undefined) this.#options.malformed?.(reason, stream.stream)
      },
      refused: (stream) => void this.#callers.delete(stream),
      ...unasked,
    }
  }

  #welcome(stream: SessionStream, hello: Hello): void {
    this.#callers.delete(stream)
    const host = this.#options.welcome(hello, stream.stream)
    if ('accept' in host) host.accept(stream, hello)
    else stream.refuse(host.code, host.isFinal)
  }
}

/** Nothing of this comes before a hello, and after it the stream is another's. */
const unasked = {
  acknowledged: () => undefined,
  segment: () => undefined,
  piece: () => undefined,
  end: () => undefined,
  prompt: () => undefined,
  read: () => undefined,
  drained: () => undefined,
  isWaiting: () => false,
} as const
