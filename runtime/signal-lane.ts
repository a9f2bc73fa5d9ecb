// A signal lane: what an actor has to hear before its messages, first in, first out.

/** Taking one out costs the same however many wait: a watcher may hear of a hundred thousand ends at once. */
export class SignalLane<S> {
  #signals: (S | undefined)[] = []
  #head = 0

  get isEmpty(): boolean {
    return this.#head === this.#signals.length
  }

  push(signal: S): void {
    this.#signals.push(signal)
  }

  shift(): S | undefined {
    const signal = this.#signals[this.#head]
    if (signal === undefined) return undefined
    this.#signals[this.#head] = undefined
    this.#head++
    return signal
  }

  /** Those that wait, in order; a copy. */
  list(): S[] {
    return this.#signals.slice(this.#head).filter((signal) => signal !== undefined)
  }

  /** Takes out all that `isUnwanted` says. */
  remove(isUnwanted: (signal: S) => boolean): void {
    this.#signals = this.#signals.filter((signal) => signal !== undefined && !isUnwanted(signal))
    this.#head = 0
  }
}
