// A thread's start: what the main thread hands to a new worker, and what it posts to it later.
import type { ThreadRequest } from '../../runtime/threads.ts'
import type { ThreadWireEnd } from '../../transports/thread/thread-wire-ends.ts'

/** Given to the worker at its start. */
export interface ThreadStart {
  readonly request: ThreadRequest
  /** Of the wire to the main thread. */
  readonly end: ThreadWireEnd
  /** How long its wires look for more before they sleep, in milliseconds. */
  readonly spinMs: number
  /** Of the main thread's clock, as `SystemClock.originMs` says it. */
  readonly originMs: number
  /** One shared word, raised by the worker in each turn. */
  readonly turns: Int32Array
  /** The module whose `runThread` it runs, as a file URL; undefined for the node's own. */
  readonly body: string | undefined
}

/** Posted to the worker: it is to collect its garbage. Posted back: what is left then. */
export interface ThreadCollection {
  readonly leftMiB: number
}

/** Posted to the worker: a wire to another thread. */
export interface ThreadConnection {
  readonly id: number
  readonly end: ThreadWireEnd
}
