// A thread's clock: the shared clock as one simulated thread sees it, which stands still with the thread and falls silent with its end.
import type { Alarm, Clock } from '../../runtime/clock.ts'

/** What the thread has come to: a stalled one goes on where it was, a dead one never. */
type Life = 'running' | 'frozen' | 'dead'

/**
 * A Clock over another. Time goes on for all alike; what is due while the thread is frozen runs at its thaw, in the order it came due.
 * What its calls throw is no failure of the clock but of the thread, and is told to whoever made it.
 *
 * It does not hold what is not called through it: a promise that goes on by itself.
 */
export class ThreadClock implements Clock {
  readonly #clock: Clock
  readonly #onThrown: (thrown: unknown) => void
  #life: Life = 'running'
  #held: (() => void)[] = []
  readonly #alarms = new Set<Alarm>()
  #frozenAtMs = 0
  #frozenMs = 0

  /** @param onThrown hears what a call has thrown */
  constructor(clock: Clock, onThrown: (thrown: unknown) => void) {
    this.#clock = clock
    this.#onThrown = onThrown
  }

  get life(): Life {
    return this.#life
  }

  /** Milliseconds that it has been frozen in all. */
  get frozenMs(): number {
    return this.#life === 'frozen' ? this.#frozenMs + this.#clock.now() - this.#frozenAtMs : this.#frozenMs
  }

  now(): number {
    return this.#clock.now()
  }

  wall(): number {
    return this.#clock.wall()
  }

  alarm(atMs: number, run: () => void): Alarm {
    const set: Alarm = this.#clock.alarm(atMs, () =>
      this.enter(() => {
        // It may have been cancelled while it was held.
        if (this.#alarms.delete(set)) run()
      }),
    )
    if (this.#life === 'dead') set.cancel()
    else this.#alarms.add(set)
    return {
      cancel: () => {
        this.#alarms.delete(set)
        set.cancel()
      },
    }
  }

  soon(run: () => void): void {
    if (this.#life !== 'dead') this.#clock.soon(() => this.enter(run))
  }

  later(run: () => void): void {
    if (this.#life !== 'dead') this.#clock.later(() => this.enter(run))
  }

  freeze(): void {
    if (this.#life !== 'running') return
    this.#life = 'frozen'
    this.#frozenAtMs = this.#clock.now()
  }

  thaw(): void {
    if (this.#life !== 'frozen') return
    this.#frozenMs = this.frozenMs
    this.#life = 'running'
    const held = this.#held
    this.#held = []
    for (const run of held) this.later(run)
  }

  /** For ever. */
  silence(): void {
    this.#frozenMs = this.frozenMs
    this.#life = 'dead'
    this.#held = []
    for (const alarm of this.#alarms) alarm.cancel()
    this.#alarms.clear()
  }

  /** Does what comes from outside of the thread: now, or at the thaw, or never. */
  enter(run: () => void): void {
    if (this.#life === 'frozen') this.#held.push(run)
    if (this.#life !== 'running') return
    try {
      run()
    } catch (thrown) {
      this.#onThrown(thrown)
    }
  }
}
