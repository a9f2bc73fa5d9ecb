// A bare group commit: what many writers want to keep becomes safe together, as our journal does it, and nothing else is done.

/** What is written and synced at once. */
export interface BareGroup {
  add(writer: number, seq: number, body: Uint8Array): void
  /** Resolves when all of it is safe. */
  commit(): Promise<void>
}

/** One group is being made safe while the next one gathers. */
export class BareCommit {
  readonly #begin: () => BareGroup
  #gathering: BareGroup | undefined = undefined
  #waiting: (() => void)[] = []
  #isRunning = false

  constructor(begin: () => BareGroup) {
    this.#begin = begin
  }

  /** Resolves when it is safe; the bytes are left alone until then. */
  write(writer: number, seq: number, body: Uint8Array): Promise<void> {
    this.#gathering ??= this.#begin()
    this.#gathering.add(writer, seq, body)
    if (!this.#isRunning) {
      this.#isRunning = true
      // All who write in this turn are in the first group.
      setImmediate(() => void this.#run())
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  async #run(): Promise<void> {
    while (this.#gathering !== undefined) {
      const group = this.#gathering
      const told = this.#waiting
      this.#gathering = undefined
      this.#waiting = []
      await group.commit()
      for (const tell of told) tell()
      // Those who were told may write again before the next group goes.
      await new Promise((resolve) => setImmediate(resolve))
    }
    this.#isRunning = false
  }
}
