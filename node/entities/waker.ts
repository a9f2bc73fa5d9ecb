// A waker: wakes the entities of which the journal says that they have to be awake, because a timer is due or letters are on their way.
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Journal } from '../../runtime/journal.ts'

/** Actors that are woken between two looks at the journal. */
export const wakesAtOnceMax = 1_000
/** How long it waits between two looks at least, in milliseconds: what is new in the journal is seen together. */
export const lookPauseMsMin = 1_000
/** And at most: who is due is known by the time of day, which may be set. */
export const lookPauseMsMax = 60_000

export interface WakerParts {
  readonly clock: Clock
  readonly journal: Journal
  /** Wakes whoever sleeps under a path; does nothing where that is no entity, or is awake. */
  wake(path: string): void
}

export class Waker {
  readonly #parts: WakerParts
  #alarm: Alarm | undefined = undefined
  #alarmMs = Infinity
  #endTip: (() => void) | undefined = undefined
  #isClosed = false

  constructor(parts: WakerParts) {
    this.#parts = parts
  }

  /** Looks at the journal now, and whenever there may be something new in it. Starting again does nothing. */
  start(): void {
    if (this.#endTip !== undefined || this.#isClosed) return
    this.#endTip = this.#parts.journal.onTip(() => this.#lookIn(lookPauseMsMin))
    this.#lookIn(0)
  }

  close(): void {
    this.#isClosed = true
    this.#alarm?.cancel()
    this.#endTip?.()
  }

  #lookIn(pauseMs: number): void {
    const { clock } = this.#parts
    const atMs = clock.now() + pauseMs
    if (this.#isClosed || atMs >= this.#alarmMs) return
    this.#alarm?.cancel()
    this.#alarmMs = atMs
    this.#alarm = clock.alarm(atMs, () => {
      this.#alarmMs = Infinity
      void this.#look()
    })
  }

  async #look(): Promise<void> {
    const { clock, journal, wake } = this.#parts
    const nowMs = clock.wall()
    try {
      const due = await journal.wakes(nowMs, wakesAtOnceMax)
      for (const { id } of due) wake(id)
      const next = (await journal.wakes(Infinity, due.length + 1))[due.length]
      const pauseMs = next === undefined ? Infinity : next.wakeMs - nowMs
      this.#lookIn(Math.min(lookPauseMsMax, Math.max(lookPauseMsMin, pauseMs)))
    } catch {
      // A journal that fails says so to those who write; one that was closed has nothing to say.
      this.#lookIn(lookPauseMsMax)
    }
  }
}
