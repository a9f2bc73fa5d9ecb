// Pins: in which thread each entity has lately lived. Its next life begins there, so that it does not overtake what the last one has sent.

/** How long after it fell asleep, in milliseconds: what it has sent has arrived by then, or nobody moves any more who held it up. */
export const pinMsMax = 60_000
/** Entities that are remembered; of more those that fell asleep first may wake anywhere. */
export const pinsMax = 100_000

interface Pin {
  readonly thread: number
  readonly untilMs: number
}

export class Pins {
  readonly #byPath = new Map<string, Pin>()

  get count(): number {
    return this.#byPath.size
  }

  /** One has fallen asleep. */
  note(path: string, thread: number, nowMs: number): void {
    this.#byPath.delete(path)
    this.#byPath.set(path, { thread, untilMs: nowMs + pinMsMax })
    // In the order in which they fell asleep: so the first are over first. Two for each new one, that none stay for long.
    let looks = 2
    for (const [oldest, { untilMs }] of this.#byPath) {
      if (looks-- === 0 || (untilMs > nowMs && this.#byPath.size <= pinsMax)) return
      this.#byPath.delete(oldest)
    }
  }

  /** Where it is to wake; undefined where it may anywhere. */
  take(path: string, nowMs: number): number | undefined {
    const pin = this.#byPath.get(path)
    if (pin === undefined) return undefined
    this.#byPath.delete(path)
    return pin.untilMs > nowMs ? pin.thread : undefined
  }
}
