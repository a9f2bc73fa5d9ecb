// Questions: what waits in one runtime until it is known where a path leads.
import { linkMessagesWaitingMax } from './link.ts'
import type { Traveller } from './traveller.ts'

export class Questions {
  readonly #waiting = new Map<string, Traveller[]>()

  /** Messages that wait. */
  get held(): number {
    let count = 0
    for (const travellers of this.#waiting.values()) count += travellers.length
    return count
  }

  /** Whether something waits of which `of` says yes. */
  holds(of: (traveller: Traveller) => boolean): boolean {
    return this.#waiting.values().some((travellers) => travellers.some(of))
  }

  /** Opens a question, with the first that waits for its answer; that one knows it by its list. */
  open(path: string, traveller: Traveller): readonly Traveller[] {
    const travellers = [traveller]
    this.#waiting.set(path, travellers)
    return travellers
  }

  /** Lets one more wait for the answer; undefined if nobody has asked, false if no more may wait. */
  join(path: string, traveller: Traveller): boolean | undefined {
    const travellers = this.#waiting.get(path)
    if (travellers === undefined) return undefined
    if (travellers.length >= linkMessagesWaitingMax) return false
    travellers.push(traveller)
    return true
  }

  /** Whether that question was still open; it is not after this. */
  close(path: string, travellers: readonly Traveller[]): boolean {
    return this.#waiting.get(path) === travellers && this.#waiting.delete(path)
  }

  /** The open questions about a path and what is below it. */
  about(top: string): [path: string, travellers: readonly Traveller[]][] {
    return [...this.#waiting].filter(([path]) => path === top || path.startsWith(`${top}/`))
  }
}
