// Threads: how a node gets more of them. A contract; node/ has the real ones, the test kit some that share one thread and one clock.
import type { Fault } from './fault.ts'
import type { Wire } from './wire.ts'

/** What a thread is told at its start: plain data. */
export interface ThreadRequest {
  /** Never used twice in the life of a node; the main thread is 0. */
  readonly id: number
  /** The node's name. */
  readonly name: string
  /** Modules whose definitions it hosts, as file URLs. */
  readonly load: readonly string[]
  readonly strict: boolean
  /** Whether the node keeps a journal, which is asked for in the main thread. */
  readonly journal: boolean
  /** Words shared by all threads of the node, in which moves are decided. */
  readonly decisions: Int32Array
  /** Words shared with the main thread, which say until when the thread may act; absent where nobody limits that. */
  readonly lease?: Int32Array
  /** What its heap may hold with its buffers but without garbage, in MiB; beyond it the thread is lost. */
  readonly heapMiBMax: number
}

/** How busy a thread has been since its start, readable while it is blocked. */
export interface ThreadUsage {
  /** Milliseconds that its event loop waited for something to do. */
  readonly idleMs: number
  /** Milliseconds that it ran. */
  readonly activeMs: number
  /** Rises with each turn of its event loop that did something; wraps at 2^31. */
  readonly turns: number
}

/** Hears of one thread. Must not throw. */
export interface ThreadListener {
  /** Called once, after which nothing is heard of it. `thread-crashed` `thread-exited` `thread-memory-full` `thread-terminated` */
  lost(why: Fault): void
}

/** A thread as seen from the main thread. */
export interface Thread {
  readonly id: number
  /** Between the main thread and this one. */
  readonly wire: Wire
  /** Makes a wire between two threads; each is handed its end. */
  connect(other: Thread): void
  usage(): ThreadUsage
  /** Ends it at once, whatever it does; `lost` follows with `thread-terminated`. Resolves once it runs no more. */
  terminate(): Promise<void>
}

export interface Threads {
  /** Cores that threads may use, at least 1. */
  readonly cores: number
  /** Starts one; it is of use at once, what it is sent waits until it is ready. */
  start(request: ThreadRequest, listener: ThreadListener): Thread
}

/** A thread as seen from inside. */
export interface ThreadInside {
  readonly request: ThreadRequest
  /** To the main thread. */
  readonly wire: Wire
  /** How far the main thread's clock is ahead of this thread's, in milliseconds. */
  readonly aheadMs: number
  /** Called for each wire to another thread, also for those that came before. */
  onConnect(connected: (id: number, wire: Wire) => void): void
  /** Shows the main thread that the event loop turns: raises `turns`. Cheap, but not for every message. */
  turn(): void
}
