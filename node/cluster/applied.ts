// What was applied: how far this node has followed the council, and who waits for more.
import type { Council } from '../../actors/cluster/council/council.ts'

export class Applied {
  readonly #council: () => Council
  /** By index, in no order: few wait at once. */
  readonly #waiting: { readonly index: number; readonly run: () => void }[] = []
  #catchingUp: (() => void)[] | undefined = undefined

  constructor(council: () => Council) {
    this.#council = council
  }

  /** Everything up to an index was applied. */
  reached(index: number): void {
    if (this.#waiting.length === 0) return
    const due = this.#waiting.filter((one) => one.index <= index)
    if (due.length === 0) return
    this.#waiting.splice(0, this.#waiting.length, ...this.#waiting.filter((one) => one.index > index))
    for (const { run } of due) run()
  }

  /** Calls once everything up to an index was applied; at once if it was. @returns what ends the waiting */
  when(index: number, run: () => void): () => void {
    const waiting = { index, run }
    if (this.#council().applied >= index) run()
    else this.#waiting.push(waiting)
    return () => {
      const at = this.#waiting.indexOf(waiting)
      if (at >= 0) this.#waiting.splice(at, 1)
    }
  }

  /** Calls once all is applied that was decided anywhere before the call, or that cannot be found out. Those who ask meanwhile share one question. */
  catchUp(run: () => void): void {
    if (this.#catchingUp !== undefined) {
      // The question that is under way began too early for this one.
      this.#catchingUp.push(run)
      return
    }
    const next: (() => void)[] = []
    this.#catchingUp = next
    const done = (): void => {
      this.#catchingUp = undefined
      run()
      const [first, ...others] = next
      if (first === undefined) return
      this.catchUp(() => {
        first()
        for (const other of others) other()
      })
    }
    void this.#council()
      .read()
      .catch(() => undefined)
      .finally(done)
  }
}
