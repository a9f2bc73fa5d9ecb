// Memory threads: threads for tests and for the simulator that all run in one thread, on one clock, by one seed.
import { crashedFault, terminatedFault } from '../../node/threads/lost-thread.ts'
import { invariant } from '../../runtime/invariant.ts'
import { memoryWires } from '../../transports/memory/memory-wire.ts'
import { ThreadClock } from './thread-clock.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Random } from '../../runtime/random.ts'
import type {
  Thread,
  ThreadInside,
  ThreadListener,
  ThreadRequest,
  Threads,
  ThreadUsage,
} from '../../runtime/threads.ts'
import type { Wire } from '../../runtime/wire.ts'
import type { MemoryWireOptions } from '../../transports/memory/memory-direction.ts'

/** What a thread runs, given its own clock and its own chance. */
export type RunThread = (
  inside: ThreadInside,
  contracts: { readonly clock: Clock; readonly random: Random },
) => Promise<void>

export interface MemoryThreadsOptions {
  readonly clock: Clock
  readonly random: Random
  readonly run: RunThread
  /** What `cores` says. Default 4. */
  readonly cores?: number
  /** How long a thread needs until it is ready, in milliseconds of the clock. Default 0: it is ready in the next turn. */
  readonly startMs?: number
  /** How its wires carry frames; see memory-wire.ts. */
  readonly wires?: MemoryWireOptions
}

/**
 * Threads that share one thread, one clock and one seed, so that a run with all its losses can be repeated.
 *
 * A thread that is dead or frozen does nothing: its clock and its wires call nobody. Not held is what goes on without them: a handler that
 * awaits a promise of its own; nothing that it does then leaves a dead thread.
 */
export class MemoryThreads implements Threads {
  readonly cores: number
  readonly #options: MemoryThreadsOptions
  readonly #threads = new Map<number, MemoryThread>()

  constructor(options: MemoryThreadsOptions) {
    this.cores = options.cores ?? 4
    this.#options = options
  }

  /** The threads that are neither lost nor terminated, frozen ones too, in the order they were started. */
  get alive(): readonly number[] {
    return [...this.#threads.values()].filter((thread) => thread.isAlive).map(({ id }) => id)
  }

  start(request: ThreadRequest, listener: ThreadListener): Thread {
    invariant(!this.#threads.has(request.id), 'The number of a thread was used twice')
    const thread = new MemoryThread(request, listener, this.#options)
    this.#threads.set(request.id, thread)
    return thread
  }

  /** Ends a thread as something thrown would, at once and between two of its steps. @param thrown what the fault names */
  kill(id: number, thrown: unknown = new Error('killed by the test')): void {
    this.#thread(id).end(crashedFault(id, thrown))
  }

  /** Stalls a thread: nothing of it runs, what comes for it waits. */
  freeze(id: number): void {
    this.#thread(id).clock.freeze()
  }

  /** Lets a frozen thread go on with what has come due, in order. */
  thaw(id: number): void {
    this.#thread(id).clock.thaw()
  }

  #thread(id: number): MemoryThread {
    const thread = this.#threads.get(id)
    invariant(thread !== undefined, 'A thread was named that was never started')
    return thread
  }
}

class MemoryThread implements Thread {
  readonly id: number
  readonly wire: Wire
  readonly clock: ThreadClock
  readonly #shared: Clock
  readonly #listener: ThreadListener
  readonly #inside: MemoryInside
  readonly #startedMs: number
  readonly #wires: MemoryWireOptions | undefined
  /** The ends of its wires, all that it can be reached by. */
  readonly #ends: Wire[] = []
  #endedMs = Infinity

  constructor(request: ThreadRequest, listener: ThreadListener, options: MemoryThreadsOptions) {
    const { clock, random, run, startMs = 0 } = options
    this.id = request.id
    this.#shared = clock
    this.#listener = listener
    this.#startedMs = clock.now()
    this.clock = new ThreadClock(clock, (thrown) => this.end(crashedFault(this.id, thrown)))
    this.#wires = options.wires
    const [own, theirs] = memoryWires([clock, this.clock], options.wires)
    this.wire = own
    this.#ends.push(theirs)
    this.#inside = new MemoryInside(request, theirs)
    const contracts = { clock: this.clock, random: random.fork(`thread ${request.id}`) }
    const begin = (): void => {
      run(this.#inside, contracts).catch((thrown: unknown) => this.end(crashedFault(this.id, thrown)))
    }
    if (startMs === 0) this.clock.later(begin)
    else this.clock.alarm(clock.now() + startMs, begin)
  }

  get isAlive(): boolean {
    return this.clock.life !== 'dead'
  }

  connect(other: Thread): void {
    invariant(other instanceof MemoryThread, 'A thread was connected to one of another kind')
    const [own, theirs] = memoryWires([this.clock, other.clock], this.#wires)
    this.#give(other.id, own)
    other.#give(this.id, theirs)
  }

  /** It is active while it is frozen: what takes time here is that alone. */
  usage(): ThreadUsage {
    const activeMs = this.clock.frozenMs
    const livedMs = Math.min(this.#shared.now(), this.#endedMs) - this.#startedMs
    return { idleMs: livedMs - activeMs, activeMs, turns: this.#inside.turns }
  }

  async terminate(): Promise<void> {
    this.end(terminatedFault(this.id))
    await new Promise<void>((resolve) => this.#shared.later(resolve))
  }

  /** The first end is the only one. */
  end(why: Fault): void {
    if (!this.isAlive) return
    this.clock.silence()
    this.#endedMs = this.#shared.now()
    for (const wire of this.#ends) wire.cut()
    this.#shared.later(() => {
      this.wire.cut()
      this.#listener.lost(why)
    })
  }

  #give(id: number, wire: Wire): void {
    if (!this.isAlive) return wire.cut()
    this.#ends.push(wire)
    this.clock.later(() => this.#inside.connected(id, wire))
  }
}

class MemoryInside implements ThreadInside {
  readonly request: ThreadRequest
  readonly wire: Wire
  /** All threads share one clock. */
  readonly aheadMs: number = 0
  readonly #wires: [id: number, wire: Wire][] = []
  readonly #hearers: ((id: number, wire: Wire) => void)[] = []
  turns = 0

  constructor(request: ThreadRequest, wire: Wire) {
    this.request = request
    this.wire = wire
  }

  turn(): void {
    this.turns = (this.turns + 1) & 0x7fff_ffff
  }

  onConnect(connected: (id: number, wire: Wire) => void): void {
    this.#hearers.push(connected)
    for (const [id, wire] of this.#wires) connected(id, wire)
  }

  connected(id: number, wire: Wire): void {
    this.#wires.push([id, wire])
    for (const hear of this.#hearers) hear(id, wire)
  }
}
