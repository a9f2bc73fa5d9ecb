// The time of a simulated world: events in order, and clocks of nodes that run a little faster or slower and may stall.
import { SystemClock } from '../../../../node/system-clock.ts'
import type { Alarm, Clock } from '../../../../runtime/clock.ts'

interface Happening {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

const loop = new SystemClock()

export class WorldTime {
  readonly #heap: Happening[] = []
  #order = 0
  now = 0
  events = 0

  at(at: number, run: () => void): void {
    const happening = { at: Math.max(at, this.now), order: this.#order++, run }
    const heap = this.#heap
    let i = heap.push(happening) - 1
    while (i > 0 && isBefore(happening, heap[(i - 1) >> 1]!)) {
      heap[i] = heap[(i - 1) >> 1]!
      i = (i - 1) >> 1
    }
    heap[i] = happening
  }

  after(ms: number): Promise<void> {
    return new Promise((resolve) => this.at(this.now + ms, resolve))
  }

  /** Lets everything happen up to a time. After each event all that it causes without waiting for the time is done. */
  async run(until: number, afterEach: () => void): Promise<void> {
    await turn()
    for (let next = this.#heap[0]; next !== undefined && next.at <= until; next = this.#heap[0]) {
      this.#pop()
      this.now = next.at
      this.events++
      next.run()
      await turn()
      afterEach()
    }
    this.now = until
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = last
  }
}

function isBefore(a: Happening, b: Happening): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

function turn(): Promise<void> {
  return new Promise((resolve) => loop.later(resolve))
}

/** The clock of one life of a node: with its death it stops. */
export class NodeClock implements Clock {
  readonly #time: WorldTime
  readonly #rate: number
  readonly #start: number
  isDead = false
  /** Until then nothing of the node runs. */
  stalledUntil = 0

  constructor(time: WorldTime, rate: number) {
    this.#time = time
    this.#rate = rate
    this.#start = 1_000 - time.now * rate
  }

  now(): number {
    return this.#start + this.#time.now * this.#rate
  }

  /** What the world's time was when this clock stood there. */
  worldAt(ms: number): number {
    return (ms - this.#start) / this.#rate
  }

  wall(): number {
    return this.now()
  }

  alarm(atMs: number, run: () => void): Alarm {
    let isOff = false
    const ring = (): void => {
      if (!isOff) this.run(run)
    }
    if (atMs < Infinity) this.#time.at((atMs - this.#start) / this.#rate + 1e-6, ring)
    return { cancel: () => void (isOff = true) }
  }

  soon(run: () => void): void {
    queueMicrotask(run)
  }

  later(run: () => void): void {
    this.#time.at(this.#time.now, () => this.run(run))
  }

  run(run: () => void): void {
    if (this.isDead) return
    if (this.#time.now < this.stalledUntil) this.#time.at(this.stalledUntil, () => this.run(run))
    else run()
  }
}
