// Questions: what waits in one runtime until it is known where a path leads.
import type { Traveller } from './traveller.ts'

export class Questions {
  readonly #waiting = new Map<string, Traveller[]>()
  #held = 0

  /** Messages that wait. */
  get held(): number {
    return this.#held
  }

  /** Whether something waits of which `of` says yes. */
  holds(of: (traveller: Traveller) => boolean): boolean {
    return this.#waiting.values().some((travellers) => travellers.some(of))
  }

  /** Takes out all that wait of which `of` says yes; the questions stay open. */
  takeOut(of: (traveller: Traveller) => boolean): Traveller[] {
    const taken: Traveller[] = []
    for (const travellers of this.#waiting.values()) {
      const some = travellers.filter(of)
      if (some.length === 0) continue
      taken.push(...some)
      travellers.splice(0, travellers.length, ...travellers.filter((one) => !of(one)))
    }
    this.#held -= taken.length
    return taken
  }

  /** Opens a question, with the first that waits for its answer; that one knows it by its list. */
  open(path: string, traveller: Traveller): readonly Traveller[] {
    const travellers = [traveller]
    this.#waiting.set(path, travellers)
    this.#held++
    return travellers
  }

  /** Lets one more wait for the answer; false if nobody has asked. */
  join(path: string, traveller: Traveller): boolean {
    const travellers = this.#waiting.get(path)
    if (travellers === undefined) return false
    travellers.push(traveller)
    this.#held++
    return true
  }

  /** Whether that question was still open; it is not after this. */
  close(path: string, travellers: readonly Traveller[]): boolean {
    if (this.#waiting.get(path) !== travellers) return false
    this.#held -= travellers.length
    return this.#waiting.delete(path)
  }

  /** The open questions about a path and what is below it. */
  about(top: string): [path: string, travellers: readonly Traveller[]][] {
    return [...this.#waiting].filter(([path]) => path === top || path.startsWith(`${top}/`))
  }
}
