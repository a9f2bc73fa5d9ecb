// A heap watch: gives up a thread whose heap has outgrown its bound, before V8 gives up the whole process.
import type { Alarm, Clock } from '../../runtime/clock.ts'

/** What V8's own limit lies above the bound, in MiB: there it ends the process if what it cannot place is one large piece. */
export const headroomMiB = 2_048
/** Beyond the bound by so much, in MiB, nobody is asked any more. */
export const excessMiBMax = 256
/** Between two looks at the memory of the process while it grows. */
export const lookMs = 50
/** While it does not: in this time nobody takes as much as V8 is left above the bound. */
export const calmLookMs = 200
/** What the process must have grown by since the last look at all heaps, in MiB, to look at them again. */
export const growthMiBMin = 16
/** How long a thread may take to collect its garbage when it is asked to. */
export const collectMsMax = 1_000

/** What a heap holds, with its garbage and with the buffers that belong to its objects, of the statistics that V8 gives. */
export function usedMiB(statistics: {
  readonly used_heap_size: number
  readonly external_memory: number
}): number {
  return (statistics.used_heap_size + statistics.external_memory) / 2 ** 20
}

/** The heap of one thread. */
export interface WatchedHeap {
  readonly mibMax: number
  /** See `usedMiB`; undefined if the thread is gone. */
  usedMiB(): Promise<number | undefined>
  /** Asks the thread to collect its garbage and to say what is left: see `collected`. It answers when it turns. */
  collect(): void
  /** It is beyond its bound. May be called again. */
  full(): void
}

interface Look {
  /** When the thread was asked to collect. */
  askedMs: number | undefined
  /** A thread that is stuck in native code does not say what its heap holds. */
  isUnderWay: boolean
}

/**
 * Garbage counts only for a thread that does not turn: one that does is asked to collect it first. A thread that asks for gigabytes at once,
 * between two looks, can still end the process.
 */
export class HeapWatch {
  readonly #clock: Clock
  readonly #processMiB: () => number
  readonly #heaps = new Map<WatchedHeap, Look>()
  #alarm: Alarm | undefined = undefined
  /** The least that the process has held since the last look at all heaps. */
  #leastMiB = 0
  #isCalm = false

  /** @param processMiB what the process holds of the machine's memory */
  constructor(clock: Clock, processMiB: () => number) {
    this.#clock = clock
    this.#processMiB = processMiB
  }

  add(heap: WatchedHeap): void {
    this.#heaps.set(heap, { askedMs: undefined, isUnderWay: false })
    if (this.#alarm === undefined) this.#wait()
  }

  remove(heap: WatchedHeap): void {
    this.#heaps.delete(heap)
    if (this.#heaps.size > 0) return
    this.#alarm?.cancel()
    this.#alarm = undefined
  }

  /** The thread has collected its garbage. */
  collected(heap: WatchedHeap, leftMiB: number): void {
    const look = this.#heaps.get(heap)
    if (look === undefined) return
    look.askedMs = undefined
    if (leftMiB > heap.mibMax) heap.full()
  }

  #wait(): void {
    const ms = this.#isCalm ? calmLookMs : lookMs
    this.#alarm = this.#clock.alarm(this.#clock.now() + ms, () => {
      this.#lookAtAll()
      this.#wait()
    })
  }

  /** To ask a thread costs it a wake-up; to ask the system is cheap. */
  #lookAtAll(): void {
    const processMiB = this.#processMiB()
    this.#leastMiB = Math.min(this.#leastMiB, processMiB)
    const hasGrown = processMiB - this.#leastMiB >= growthMiBMin
    if (hasGrown) this.#leastMiB = processMiB
    this.#isCalm = !hasGrown && this.#heaps.values().every(({ askedMs }) => askedMs === undefined)
    for (const [heap, look] of this.#heaps) {
      if ((hasGrown || look.askedMs !== undefined) && !look.isUnderWay) void this.#lookAt(heap, look)
    }
  }

  async #lookAt(heap: WatchedHeap, look: Look): Promise<void> {
    look.isUnderWay = true
    const holdsMiB = (await heap.usedMiB()) ?? 0
    look.isUnderWay = false
    if (!this.#heaps.has(heap)) return
    const nowMs = this.#clock.now()
    if (holdsMiB <= heap.mibMax) look.askedMs = undefined
    else if (holdsMiB > heap.mibMax + excessMiBMax) heap.full()
    else if (look.askedMs === undefined) {
      look.askedMs = nowMs
      heap.collect()
    } else if (nowMs - look.askedMs >= collectMsMax) heap.full()
  }
}
