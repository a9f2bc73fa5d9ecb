// An event loop for simulations: one heap of calls by time, synchronous, fast enough for days of simulated time.
import type { Alarm, Clock } from '../../../../runtime/clock.ts'

interface Event {
  readonly atMs: number
  readonly order: number
  run: (() => void) | undefined
}

export class EventLoop {
  nowMs = 0
  readonly #heap: Event[] = []
  #order = 0

  at(atMs: number, run: () => void): Alarm {
    const event: Event = { atMs: Math.max(atMs, this.nowMs), order: this.#order++, run }
    this.#push(event)
    return { cancel: () => void (event.run = undefined) }
  }

  /** Runs all that is due until then. */
  until(endMs: number): void {
    for (let event = this.#heap[0]; event !== undefined && event.atMs <= endMs; event = this.#heap[0]) {
      this.#pop()
      if (event.run === undefined) continue
      this.nowMs = event.atMs
      event.run()
    }
    this.nowMs = endMs
  }

  #push(event: Event): void {
    const heap = this.#heap
    let index = heap.length
    heap.push(event)
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(event, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = last
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

/** A process in a simulation, with a clock of its own that drifts; it can stand still, and die. */
export class SimulatedProcess implements Clock {
  readonly #loop: EventLoop
  readonly #rate: number
  readonly #offsetMs: number
  /** The time of the last alarm. */
  #rungMs = -Infinity
  #state: 'running' | 'stopped' | 'dead' = 'running'
  #alarms: (() => void)[] = []
  #arrivals: (() => void)[] = []

  /** @param drift how much faster than true time its clock runs, as a part of it */
  constructor(loop: EventLoop, drift: number, offsetMs: number) {
    this.#loop = loop
    this.#rate = 1 + drift
    this.#offsetMs = offsetMs
  }

  get isRunning(): boolean {
    return this.#state === 'running'
  }

  get isDead(): boolean {
    return this.#state === 'dead'
  }

  now(): number {
    return Math.max(this.#rungMs, this.#loop.nowMs * this.#rate + this.#offsetMs)
  }

  wall(): number {
    return this.now() + 1_767_225_600_000
  }

  alarm(atMs: number, run: () => void): Alarm {
    return this.#loop.at((atMs - this.#offsetMs) / this.#rate, () => {
      // Never before its time, not even by what is lost in reckoning it.
      this.#rungMs = Math.max(this.#rungMs, atMs)
      if (this.#state === 'running') run()
      else if (this.#state === 'stopped') this.#alarms.push(run)
    })
  }

  soon(run: () => void): void {
    this.later(run)
  }

  later(run: () => void): void {
    this.#loop.at(this.#loop.nowMs, () => this.arrive(run))
  }

  /** Something comes in from outside. */
  arrive(run: () => void): void {
    if (this.#state === 'running') run()
    else if (this.#state === 'stopped') this.#arrivals.push(run)
  }

  stop(): void {
    if (this.#state === 'running') this.#state = 'stopped'
  }

  /** What was due runs first, then what has come in: as an event loop does after it stood still. */
  go(): void {
    if (this.#state !== 'stopped') return
    this.#state = 'running'
    const waiting = [...this.#alarms, ...this.#arrivals]
    this.#alarms = []
    this.#arrivals = []
    for (const run of waiting) run()
  }

  kill(): void {
    this.#state = 'dead'
    this.#alarms = []
    this.#arrivals = []
  }
}
