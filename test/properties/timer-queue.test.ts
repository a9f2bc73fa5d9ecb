// Properties of the timer queue: it does what a sorted list would.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '../../runtime/random.ts'
import { TimerQueue } from '../../runtime/timer-queue.ts'
import { ManualClock } from '../../scenarios/testing/manual-clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { TimerEntry } from '../../runtime/timer-queue.ts'

const actsEach = 10_000

/** A timer queue beside a list that is searched from end to end. */
class Trial {
  readonly #clock = new ManualClock()
  readonly #timers = new TimerQueue(this.#clock)
  readonly #random: Random
  #waiting: { readonly id: number; readonly dueMs: number; readonly entry: TimerEntry }[] = []
  #rung: string[] = []
  #ids = 0

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  async act(): Promise<void> {
    const chance = this.#random.integer(100)
    if (chance < 55) this.#add()
    else if (chance < 97) this.#remove()
    else await this.#advance()
    expect(this.#timers.count).toBe(this.#waiting.length)
    expect(this.#clock.pendingAlarms).toBeLessThanOrEqual(1)
  }

  /** Few different times, so that many are due together; some in the past. */
  #add(): void {
    const id = this.#ids++
    const dueMs = this.#clock.now() + this.#random.integer(400) / 4 - 5
    const entry: TimerEntry = {
      dueMs: 0,
      seq: 0,
      heapIndex: -1,
      due: () => this.#rung.push(`${id}@${this.#clock.now()}`),
    }
    this.#timers.add(entry, dueMs)
    this.#waiting.push({ id, dueMs, entry })
  }

  #remove(): void {
    if (this.#waiting.length === 0) return
    const [one] = this.#waiting.splice(this.#random.integer(this.#waiting.length), 1)
    expect(one !== undefined && this.#timers.remove(one.entry)).toBe(true)
  }

  async #advance(): Promise<void> {
    const fromMs = this.#clock.now()
    const ms = this.#random.integer(80) / 4
    const due = this.#waiting.filter(({ dueMs }) => dueMs <= fromMs + ms)
    // Sorting is stable, and the list is in the order of adding.
    const expected = due
      .toSorted((a, b) => a.dueMs - b.dueMs)
      .map(({ id, dueMs }) => `${id}@${Math.max(dueMs, fromMs)}`)
    this.#rung = []
    await this.#clock.advance(ms)
    expect(this.#rung).toEqual(expected)
    this.#waiting = this.#waiting.filter(({ dueMs }) => dueMs > fromMs + ms)
  }
}

test('in ten runs of 10,000 random acts it rings what a sorted list would, in that order and at that time, with at most one alarm', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const trial = new Trial(seed)
      for (let i = 0; i < actsEach; i++) await trial.act()
    }),
    { numRuns: 10 },
  )
}, 60_000)
