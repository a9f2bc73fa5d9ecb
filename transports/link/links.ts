// Links: those of one runtime, by the thread on the other side, and what waits for one that is still being laid.
import type { Link } from './link.ts'

/** Words that may wait for one link. It is laid within a turn or two of a new thread's start; more is a bug, and the first are kept. */
export const linkWordsMax = 10_000

export class Links {
  readonly #links = new Map<number, Link>()
  /** Threads that are known to be no more. */
  readonly #lost = new Set<number>()
  readonly #awaited = new Map<number, ((link: Link | undefined) => void)[]>()

  get size(): number {
    return this.#links.size
  }

  get(thread: number): Link | undefined {
    return this.#links.get(thread)
  }

  has(thread: number): boolean {
    return this.#links.has(thread)
  }

  values(): MapIterator<Link> {
    return this.#links.values()
  }

  set(link: Link): void {
    // A node that was thrown out meets the others again, under their old numbers.
    this.#lost.delete(link.thread)
    this.#links.set(link.thread, link)
    this.#tell(link.thread, link)
  }

  delete(thread: number): void {
    this.#links.delete(thread)
    this.#tell(thread, undefined)
  }

  /** There is no such thread any more, and never will be. */
  lose(thread: number): void {
    this.#lost.add(thread)
    if (!this.#links.has(thread)) this.#tell(thread, undefined)
  }

  isLost(thread: number): boolean {
    return this.#lost.has(thread)
  }

  /** Calls once there is a link, or with nothing once it is known that there will be none; at once where there is one. */
  when(thread: number, run: (link: Link | undefined) => void): void {
    const link = this.#links.get(thread)
    if (link !== undefined || this.#lost.has(thread)) {
      run(this.#lost.has(thread) ? undefined : link)
      return
    }
    const waiting = this.#awaited.get(thread) ?? []
    this.#awaited.set(thread, waiting)
    if (waiting.length < linkWordsMax) waiting.push(run)
    else run(undefined)
  }

  #tell(thread: number, link: Link | undefined): void {
    const waiting = this.#awaited.get(thread) ?? []
    this.#awaited.delete(thread)
    for (const run of waiting) run(link)
  }
}
