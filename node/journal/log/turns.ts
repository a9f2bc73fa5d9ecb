// Turns: one after the other, for steps with waits inside that must not come between each other.

export class Turns {
  #last: Promise<unknown> = Promise.resolve()

  /** Runs when all before it have ended, however they ended. */
  take<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(run)
    this.#last = turn.catch(() => {})
    return turn
  }
}
