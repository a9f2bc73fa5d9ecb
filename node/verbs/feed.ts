// A feed: records that come when they come, handed on one by one to whoever iterates.

/** Records that may wait for a slow reader; more are dropped and counted, so that a reader cannot fill the memory. */
export const feedRecordsMax = 10_000

/** For one reader. It ends after what it holds when `end` is called, and at once when the reader leaves. */
export class Feed<T> implements AsyncIterable<T> {
  readonly #waiting: T[] = []
  readonly #whenLeft: () => void
  #wake: (() => void) | undefined = undefined
  #isEnded = false
  #dropped = 0

  /** @param whenLeft called once, when the reader has had all or leaves */
  constructor(whenLeft: () => void = () => {}) {
    this.#whenLeft = whenLeft
  }

  /** Records that were lost because the reader was too slow. */
  get dropped(): number {
    return this.#dropped
  }

  push(record: T): void {
    if (this.#isEnded) return
    if (this.#waiting.length >= feedRecordsMax) this.#dropped++
    else this.#waiting.push(record)
    this.#wake?.()
  }

  end(): void {
    this.#isEnded = true
    this.#wake?.()
  }

  /** The first records that wait, once there is one; none when it has ended. For a reader who does not iterate. */
  async take(max: number): Promise<T[]> {
    while (this.#waiting.length === 0 && !this.#isEnded) await this.#next()
    return this.#waiting.splice(0, max)
  }

  /** The first records that wait now. */
  takeNow(max: number): T[] {
    return this.#waiting.splice(0, max)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, void> {
    try {
      for (;;) {
        yield* this.#waiting.splice(0)
        if (this.#waiting.length > 0) continue
        if (this.#isEnded) return
        // The next record is what there is to wait for.
        await this.#next()
      }
    } finally {
      this.#isEnded = true
      this.#whenLeft()
    }
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }
}
