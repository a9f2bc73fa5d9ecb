// A deadline: one callback at one time, in the timer queue.
import type { TimerEntry } from './timer-queue.ts'

export class Deadline implements TimerEntry {
  dueMs = 0
  seq = 0
  heapIndex = -1
  readonly #run: () => void

  /** @param run called once, by the timer queue; must not throw */
  constructor(run: () => void) {
    this.#run = run
  }

  due(): void {
    this.#run()
  }
}
