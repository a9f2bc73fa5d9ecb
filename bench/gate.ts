// A gate: where a repetition waits until its actors are done.

/** Opens for whoever waits at the time; may be used again and again. */
export class Gate {
  #waiting: PromiseWithResolvers<void> | undefined = undefined

  /** Resolves at the next opening: wait before the last message can have been handled. */
  opened(): Promise<void> {
    this.#waiting ??= Promise.withResolvers()
    return this.#waiting.promise
  }

  open(): void {
    this.#waiting?.resolve()
    this.#waiting = undefined
  }
}
