// The system's threads: workers of Node.js, each with a heap of its own.
import { enableCompileCache, getCompileCacheDir } from 'node:module'
import { availableParallelism } from 'node:os'
import { dirname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { invariant } from '../../runtime/invariant.ts'
import { newThreadWire, openThreadWire } from '../../transports/thread/thread-wire-ends.ts'
import { SystemClock } from '../system-clock.ts'
import { spinMsDefault } from '../../transports/thread/thread-wire.ts'
import { HeapWatch, headroomMiB, usedMiB } from './heap-watch.ts'
import { crashedFault, exitedFault, memoryFullFault, terminatedFault } from './lost-thread.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Thread, ThreadListener, ThreadRequest, Threads, ThreadUsage } from '../../runtime/threads.ts'
import type { Wire } from '../../runtime/wire.ts'
import type { ThreadWireEnd } from '../../transports/thread/thread-wire-ends.ts'
import type { WatchedHeap } from './heap-watch.ts'
import type { ThreadCollection, ThreadConnection, ThreadStart } from './thread-start.ts'

/** Space for young objects in a thread's heap, in MiB. */
export const youngMiBMax = 64

export interface SystemThreadsOptions {
  /** For the wires on this side. */
  readonly clock: Clock
  /** Default: as many as the process may use. */
  readonly cores?: number
  /** A file URL of the module whose `runThread` a thread runs. Default: the node's own. */
  readonly body?: string
}

// The sources and the build lie alike: what this file is, the entry is too.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const entry = new URL(`thread-entry.${extension}`, import.meta.url)

/**
 * The real Threads. A thread keeps the process alive until it is terminated or lost. What its code writes to the console comes out at the
 * main thread's; `process.exit` there ends the thread alone.
 *
 * Not contained: what ends the whole process, such as a signal to itself or a crash in native code, memory that belongs to
 * no heap, such as shared buffers, and a heap that takes gigabytes within a blink. A call into native code that does not return, as a
 * synchronous hash of gigabytes, holds up `terminate`.
 */
export class SystemThreads implements Threads {
  readonly cores: number
  readonly #clock: Clock
  readonly #body: string | undefined
  readonly #watch: HeapWatch
  #alive = 0

  constructor(options: SystemThreadsOptions) {
    this.cores = options.cores ?? availableParallelism()
    this.#clock = options.clock
    this.#body = options.body
    this.#watch = new HeapWatch(options.clock, () => process.memoryUsage.rss() / 2 ** 20)
  }

  start(request: ThreadRequest, listener: ThreadListener): Thread {
    // Who spins on a core that another thread needs takes from it what it waits for; main and spare thread mostly sleep.
    const spinMs = this.#alive > this.cores + 1 ? 0 : spinMsDefault
    const parts = { request, clock: this.#clock, watch: this.#watch, spinMs, body: this.#body }
    const thread = new SystemThread(parts, (why) => {
      this.#alive--
      listener.lost(why)
    })
    this.#alive++
    return thread
  }
}

/** What a thread is made from. */
interface ThreadParts extends Pick<ThreadStart, 'request' | 'spinMs' | 'body'> {
  readonly clock: Clock
  readonly watch: HeapWatch
}

class SystemThread implements Thread, WatchedHeap {
  readonly id: number
  readonly wire: Wire
  readonly mibMax: number
  readonly #clock: Clock
  readonly #worker: Worker
  readonly #turns = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  /** What ended it first; what follows from that is not the reason. */
  #why: Fault | undefined = undefined
  #isGone = false

  constructor(parts: ThreadParts, lost: (why: Fault) => void) {
    const { request, clock, watch, spinMs, body } = parts
    const [own, theirs] = newThreadWire()
    this.id = request.id
    this.mibMax = request.heapMiBMax
    this.#clock = clock
    this.wire = openThreadWire(own, clock, { spinMs })
    const { originMs } = new SystemClock()
    const start: ThreadStart = { request, end: theirs, spinMs, originMs, turns: this.#turns, body }
    this.#worker = startWorker(start)
    this.#worker.on('message', ({ leftMiB }: ThreadCollection) => watch.collected(this, leftMiB))
    this.#worker.on('error', (thrown: unknown) => {
      this.#why ??= isMemoryFull(thrown)
        ? memoryFullFault(this.id, this.mibMax)
        : crashedFault(this.id, arrived(thrown))
    })
    // Told only now: until it has exited, its code may still run.
    this.#worker.on('exit', (exitCode) => {
      this.#isGone = true
      watch.remove(this)
      this.wire.cut()
      lost(this.#why ?? exitedFault(this.id, exitCode))
    })
    watch.add(this)
  }

  connect(other: Thread): void {
    invariant(other instanceof SystemThread, 'A thread was connected to one of another kind')
    const [own, theirs] = newThreadWire()
    this.#give(other.id, own)
    other.#give(this.id, theirs)
  }

  /** All 0 but the turns before it runs and once it has ended. */
  usage(): ThreadUsage {
    const { idle, active } = this.#worker.performance.eventLoopUtilization()
    return { idleMs: idle, activeMs: active, turns: Atomics.load(this.#turns, 0) & 0x7fff_ffff }
  }

  async terminate(): Promise<void> {
    this.#why ??= terminatedFault(this.id)
    await this.#worker.terminate()
  }

  async usedMiB(): Promise<number | undefined> {
    try {
      return usedMiB(await this.#worker.getHeapStatistics())
    } catch {
      // It has not begun, or it has ended.
      return undefined
    }
  }

  collect(): void {
    this.#worker.postMessage({ leftMiB: 0 } satisfies ThreadCollection, [])
  }

  full(): void {
    this.#why ??= memoryFullFault(this.id, this.mibMax)
    void this.#worker.terminate()
  }

  #give(id: number, end: ThreadWireEnd): void {
    const connection: ThreadConnection = { id, end }
    if (!this.#isGone) this.#worker.postMessage(connection, [end.port])
    // Nobody will open it: the other side must hear that.
    else openThreadWire(end, this.#clock, { spinMs: 0 }).cut()
  }
}

function startWorker(start: ThreadStart): Worker {
  return new Worker(entry, {
    name: `troupe-${start.request.id}`,
    env: cachedEnvironment(),
    workerData: start,
    transferList: [start.end.port],
    resourceLimits: {
      maxOldGenerationSizeMb: start.request.heapMiBMax + headroomMiB,
      maxYoungGenerationSizeMb: youngMiBMax,
    },
  })
}

/**
 * Each thread loads the same files: compiled once, they are kept for all threads and for the next run, which also spares each thread the
 * 10 MiB of a compiler of TypeScript. By its environment a worker has the cache before its entry is compiled.
 */
function cachedEnvironment(): NodeJS.ProcessEnv {
  enableCompileCache()
  const directory = getCompileCacheDir()
  // Each version of Node.js has a directory of its own in the one that the variable names. It may be turned off.
  return directory === undefined ? process.env : { ...process.env, NODE_COMPILE_CACHE: dirname(directory) }
}

function isMemoryFull(thrown: unknown): boolean {
  return Error.isError(thrown) && 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

/** An error of another thread arrives as an object that only looks like one, and any code may have made it look so. */
function arrived(thrown: unknown): unknown {
  if (typeof thrown !== 'object' || thrown === null || Error.isError(thrown)) return thrown
  const { name, message, stack } = thrown as Readonly<Record<string, unknown>>
  if (typeof message !== 'string' || typeof stack !== 'string') return thrown
  const error = new Error(message)
  Object.defineProperty(error, 'name', { value: String(name), configurable: true, writable: true })
  Object.defineProperty(error, 'stack', { value: stack, configurable: true, writable: true })
  return error
}
