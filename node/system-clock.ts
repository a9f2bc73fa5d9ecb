// The system clock: time and turns of the event loop as they really are.
import { invariant } from '../runtime/invariant.ts'
import type { Alarm, Clock } from '../runtime/clock.ts'

/** The longest that a Node.js timer waits; given more, it fires at once. About 24.8 days. */
const timeoutMsMax = 2_147_483_647

/** The real Clock. An alarm keeps the process alive until it has run or is cancelled. */
export class SystemClock implements Clock {
  /** When this thread's clock began, by a measure that all threads of the process share. */
  get originMs(): number {
    return performance.timeOrigin
  }

  now(): number {
    return performance.now()
  }

  wall(): number {
    return Date.now()
  }

  alarm(atMs: number, run: () => void): Alarm {
    return new SystemAlarm(atMs, run)
  }

  soon(run: () => void): void {
    queueMicrotask(run)
  }

  later(run: () => void): void {
    setImmediate(run)
  }
}

class SystemAlarm implements Alarm {
  readonly #atMs: number
  readonly #run: () => void
  #timeout: NodeJS.Timeout

  constructor(atMs: number, run: () => void) {
    invariant(!Number.isNaN(atMs), 'An alarm was set to a time that is not a number')
    this.#atMs = atMs
    this.#run = run
    this.#timeout = this.#wait()
  }

  cancel(): void {
    clearTimeout(this.#timeout)
  }

  #wait(): NodeJS.Timeout {
    const leftMs = Math.ceil(this.#atMs - performance.now())
    return setTimeout(() => this.#elapsed(), Math.min(Math.max(leftMs, 0), timeoutMsMax))
  }

  // A timer counts whole milliseconds from the start of its loop turn, so it can be up to one too early.
  #elapsed(): void {
    if (performance.now() < this.#atMs) this.#timeout = this.#wait()
    else this.#run()
  }
}
