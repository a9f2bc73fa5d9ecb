// A worker's inside: what a thread of the node finds when it looks around, made from what the main thread gave it.
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { parentPort, workerData } from 'node:worker_threads'
import { invariant } from '../../runtime/invariant.ts'
import { openThreadWire } from '../../transports/thread/thread-wire-ends.ts'
import { resolveOwnName } from '../module-hooks.ts'
import { SystemClock } from '../system-clock.ts'
import { SystemRandom } from '../system-random.ts'
import { usedMiB } from './heap-watch.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { ThreadInside, ThreadRequest } from '../../runtime/threads.ts'
import type { Wire } from '../../runtime/wire.ts'
import type { ThreadCollection, ThreadConnection, ThreadStart } from './thread-start.ts'

/** A module that a thread can run. */
export interface ThreadBody {
  runThread(
    inside: ThreadInside,
    contracts: { readonly clock: Clock; readonly random: Random },
  ): Promise<void>
}

/**
 * Makes this worker a thread of the node. A promise that is rejected and that nobody awaits ends it, whatever the flags of the process say:
 * what failed may have been an actor's work, and a thread that goes on without it would be one that nobody heals.
 */
export async function becomeThread(): Promise<void> {
  process.on('unhandledRejection', (reason) => {
    throw reason
  })
  resolveOwnName()
  // Only SystemThreads starts workers with this entry, and it gives them a ThreadStart.
  const start = workerData as ThreadStart
  const clock = new SystemClock()
  const inside = new WorkerInside(start, clock)
  const { runThread } =
    start.body === undefined ? await import('./thread.ts') : ((await import(start.body)) as ThreadBody)
  await runThread(inside, { clock, random: new SystemRandom() })
}

class WorkerInside implements ThreadInside {
  readonly request: ThreadRequest
  readonly wire: Wire
  readonly aheadMs: number
  readonly #start: ThreadStart
  readonly #clock: Clock
  readonly #wires: [id: number, wire: Wire][] = []
  readonly #hearers: ((id: number, wire: Wire) => void)[] = []

  constructor(start: ThreadStart, clock: SystemClock) {
    this.request = start.request
    this.aheadMs = clock.originMs - start.originMs
    this.wire = openThreadWire(start.end, clock, { spinMs: start.spinMs })
    this.#start = start
    this.#clock = clock
    const port = parentPort
    invariant(port !== null, 'The entry of a thread was run outside of a worker')
    // Listening keeps the worker alive: it lives until the node ends it.
    port.on('message', (posted: ThreadConnection | ThreadCollection) => {
      if ('end' in posted) this.#connected(posted)
      else port.postMessage({ leftMiB: collectGarbage() } satisfies ThreadCollection)
    })
  }

  turn(): void {
    Atomics.add(this.#start.turns, 0, 1)
  }

  onConnect(connected: (id: number, wire: Wire) => void): void {
    this.#hearers.push(connected)
    for (const [id, wire] of this.#wires) connected(id, wire)
  }

  #connected({ id, end }: ThreadConnection): void {
    const wire = openThreadWire(end, this.#clock, { spinMs: this.#start.spinMs })
    this.#wires.push([id, wire])
    for (const hear of this.#hearers) hear(id, wire)
  }
}

/** Done at the watch's word alone: it stops the thread for as long as what lives in it takes to be seen. @returns what is left, in MiB */
function collectGarbage(): number {
  // The collector is given to new contexts alone, and only while the flag is on.
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  setFlagsFromString('--no-expose-gc')
  collect()
  return usedMiB(getHeapStatistics())
}
