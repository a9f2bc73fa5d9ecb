// A reply table: who waits in this runtime for the answers of others, by the numbers that travel with the questions.

/** Questions that may be open at once in one runtime. */
export const repliesOpenMax = 1_000_000
/** Numbers go up to here and begin anew: they travel as one word. */
const numberMax = 0x7fff_ffff

/** Whoever waits. It ends once: by what comes first. */
export interface Waiting {
  settle(reply: unknown): void
  refuse(fault: unknown): void
}

interface Open {
  readonly waiting: Waiting
  /** The runtime that the question was sent to last. */
  thread: number
}

export class ReplyTable {
  readonly #open = new Map<number, Open>()
  #last: number

  /** @param last the number after which it begins */
  constructor(last: number = 0) {
    this.#last = last
  }

  get count(): number {
    return this.#open.size
  }

  /** Whether so many questions are open that no further ask or offer may cross. */
  get isFull(): boolean {
    return this.#open.size >= repliesOpenMax
  }

  /** Opens a question; its number is free again once somebody has taken it. */
  open(waiting: Waiting, thread: number): number {
    do this.#last = this.#last === numberMax ? 1 : this.#last + 1
    while (this.#open.has(this.#last))
    this.#open.set(this.#last, { waiting, thread })
    return this.#last
  }

  /** The question is sent again, elsewhere. */
  sentTo(id: number, thread: number): void {
    const open = this.#open.get(id)
    if (open !== undefined) open.thread = thread
  }

  peek(id: number): Waiting | undefined {
    return this.#open.get(id)?.waiting
  }

  /** Takes out whoever waits under a number. */
  take(id: number): Waiting | undefined {
    const open = this.#open.get(id)
    this.#open.delete(id)
    return open?.waiting
  }

  delete(id: number): void {
    this.#open.delete(id)
  }

  /** Takes all that were sent to a thread, but those with numbers in `kept`. */
  takeAll(thread: number, kept: ReadonlySet<number>): Waiting[] {
    const found = [...this.#open].filter(([id, open]) => open.thread === thread && !kept.has(id))
    for (const [id] of found) this.#open.delete(id)
    return found.map(([, open]) => open.waiting)
  }
}
