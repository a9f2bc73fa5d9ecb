// A try gate: how often somebody from outside may try within a while, with a bound on how many are remembered.
import type { Clock } from '../../runtime/clock.ts'

/** Tries from one source in one window. */
export const joinTriesMax = 240
export const joinTryWindowMsDefault = 60_000
/** Sources that are remembered; of more the one that came longest ago begins anew. */
export const joinSourcesMax = 1_000

interface Window {
  readonly endsAtMs: number
  count: number
}

export class TryGate {
  readonly #clock: Clock
  /** The one that came last is last. */
  readonly #windows = new Map<string, Window>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Counts a try, and says whether it is one too many. */
  isCrowded(source: string): boolean {
    const now = this.#clock.now()
    const found = this.#windows.get(source)
    const window =
      found !== undefined && now < found.endsAtMs
        ? found
        : { endsAtMs: now + joinTryWindowMsDefault, count: 0 }
    window.count++
    this.#windows.delete(source)
    this.#windows.set(source, window)
    const [oldest] = this.#windows.keys()
    if (this.#windows.size > joinSourcesMax && oldest !== undefined) this.#windows.delete(oldest)
    return window.count > joinTriesMax
  }
}
