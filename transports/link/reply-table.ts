// A reply table: who waits in this runtime for the answers of others, by the numbers that travel with the questions.
import { isNode } from './border.ts'

/** Questions that may be open at once in one runtime. */
export const repliesOpenMax = 1_000_000
/** Numbers go up to here and begin anew: they travel as one word. */
const numberMax = 0x7fff_ffff
/** Questions asked for others that may be open before it is looked for the first time whose askers wait no more. */
const sweepFrom = 1_024

/** Whoever waits. It ends once: by what comes first. */
export interface Waiting {
  settle(reply: unknown): void
  refuse(fault: unknown): void
  /** Of a question asked for somebody else: whether that one waits no more, and no answer need come. */
  isOver?(): boolean
}

interface Open {
  readonly waiting: Waiting
  /** The runtime that the question was sent to last. */
  thread: number
}

export class ReplyTable {
  readonly #open = new Map<number, Open>()
  #last: number
  #sweepAt = sweepFrom

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
    if (this.#open.size >= this.#sweepAt) this.#sweep()
    this.#open.set(this.#last, { waiting, thread })
    return this.#last
  }

  /** The question is sent again, elsewhere. */
  sentTo(id: number, thread: number): void {
    const open = this.#open.get(id)
    if (open !== undefined) open.thread = thread
  }

  /** @param from who says the number; another node may only if it was asked: numbers are easy to guess */
  peek(id: number, from: number = 0): Waiting | undefined {
    const open = this.#open.get(id)
    return open !== undefined && isNode(from) && open.thread !== from ? undefined : open?.waiting
  }

  /** Takes out whoever waits under a number. @param from as for `peek` */
  take(id: number, from: number = 0): Waiting | undefined {
    const waiting = this.peek(id, from)
    if (waiting !== undefined) this.#open.delete(id)
    return waiting
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

  /** Forgets those whose askers wait no more; each time when there are twice as many as were left, so that each question pays for its part. */
  #sweep(): void {
    for (const [id, { waiting }] of this.#open) if (waiting.isOver?.() === true) this.#open.delete(id)
    this.#sweepAt = Math.max(sweepFrom, this.#open.size * 2)
  }
}
