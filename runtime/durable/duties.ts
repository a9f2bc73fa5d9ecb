// The duties of a durable actor: what it owes beside its state, made of its commits again in each life: timers, letters, what was handled.
import type { Commit, Letter, TimerChange } from '../commit.ts'

/** Keys of asks that one actor remembers, with what they came to; the oldest is forgotten for a new one. */
export const repliesMax = 1_000

/** A durable timer that runs. */
export type DurableTimer = Extract<TimerChange, { readonly name: string }>

/** Up to which number the letters of a sender have been handled; `sender` tells apart those who had one path after each other. */
export interface Handled {
  readonly sender: string
  readonly upTo: number
}

export class Duties {
  /** What this actor's letters are signed with; drawn with the first. */
  sender: string | undefined = undefined
  // Made with the first of each: most actors have none, and five empty maps would weigh more than all the rest of them.
  #timers: Map<string, DurableTimer> | undefined = undefined
  #letters: Map<string, Letter[]> | undefined = undefined
  #lastNumbers: Map<string, number> | undefined = undefined
  #handled: Map<string, Handled> | undefined = undefined
  #replies: Map<string, { readonly reply?: unknown }> | undefined = undefined
  #lettersCount = 0

  get timers(): ReadonlyMap<string, DurableTimer> {
    return this.#timers ?? nothing
  }

  /** Letters that have not arrived, by receiver, in the order of their numbers. */
  get letters(): ReadonlyMap<string, readonly Letter[]> {
    return this.#letters ?? nothing
  }

  /** The number of the last letter to each receiver. */
  get lastNumbers(): ReadonlyMap<string, number> {
    return this.#lastNumbers ?? nothing
  }

  get handled(): ReadonlyMap<string, Handled> {
    return this.#handled ?? nothing
  }

  /** In the order in which they came; a reply that is missing here was not kept. */
  get replies(): ReadonlyMap<string, { readonly reply?: unknown }> {
    return this.#replies ?? nothing
  }

  get isEmpty(): boolean {
    return (
      this.sender === undefined &&
      this.timers.size === 0 &&
      this.lastNumbers.size === 0 &&
      this.handled.size === 0 &&
      this.replies.size === 0
    )
  }

  copy(): Duties {
    const copy = new Duties()
    copy.apply(this.capture())
    return copy
  }

  /** Forgets them all. */
  clear(): void {
    this.sender = undefined
    this.#timers = this.#letters = this.#lastNumbers = this.#handled = this.#replies = undefined
    this.#lettersCount = 0
  }

  /** When the actor has to be awake, in milliseconds since 1970, once the commits are applied: 0 for at once, Infinity for never. */
  wakeMsAfter(commits: readonly Commit[]): number {
    if (commits.length === 0 && this.timers.size === 0 && this.letters.size === 0) return Infinity
    if (commits.some(({ sent }) => sent !== undefined && sent.length > 0)) return 0
    if (this.letters.size > 0) {
      const arrived = new Map(commits.flatMap((commit) => commit.arrived ?? []))
      for (const [to, letters] of this.letters)
        if ((letters.at(-1)?.number ?? 0) > (arrived.get(to) ?? 0)) return 0
    }
    const changes = commits.flatMap((commit) => commit.timers ?? [])
    if (this.timers.size === 0 && changes.length === 0) return Infinity
    const timers = new Map(this.timers)
    for (const timer of changes) {
      if (timer.name === undefined) timers.delete(timer.key)
      else timers.set(timer.key, timer)
    }
    let wakeMs = Infinity
    for (const { dueMs } of timers.values()) wakeMs = Math.min(wakeMs, dueMs)
    return wakeMs
  }

  /** Letters that have not arrived, to anybody. */
  get lettersCount(): number {
    return this.#lettersCount
  }

  /** Takes what one commit says. */
  apply(commit: Commit): void {
    for (const timer of commit.timers ?? []) {
      if (timer.name === undefined) this.#timers?.delete(timer.key)
      else (this.#timers ??= new Map()).set(timer.key, timer)
    }
    if (commit.sender !== undefined) this.sender = commit.sender
    for (const letter of commit.sent ?? []) this.#send(letter)
    for (const [to, upTo] of commit.arrived ?? []) this.#arrived(to, upTo)
    for (const mark of commit.handled ?? []) this.#mark(mark)
    for (const reply of commit.replies ?? []) this.#reply(reply)
  }

  /** All of them as one commit, which gives the same when it is applied to none. */
  capture(): Commit {
    if (this.isEmpty) return {}
    return {
      ...(this.sender === undefined ? {} : { sender: this.sender }),
      timers: [...this.timers.values()],
      sent: [...this.letters.values()].flat(),
      arrived: this.#arrivals(),
      handled: [...this.handled].map(([from, { sender, upTo }]) => [from, sender, upTo] as const),
      replies: [...this.replies].map(([key, kept]) =>
        'reply' in kept ? ([key, kept.reply] as const) : ([key] as const),
      ),
    }
  }

  #mark([from, sender, upTo]: NonNullable<Commit['handled']>[number]): void {
    ;(this.#handled ??= new Map()).set(from, { sender, upTo })
  }

  #reply([key, ...reply]: NonNullable<Commit['replies']>[number]): void {
    const replies = (this.#replies ??= new Map<string, { readonly reply?: unknown }>())
    // Last again, so that the oldest are dropped first.
    replies.delete(key)
    replies.set(key, reply.length === 0 ? {} : { reply: reply[0] })
    const [oldest] = replies.keys()
    if (replies.size > repliesMax && oldest !== undefined) replies.delete(oldest)
  }

  #send(letter: Letter): void {
    const all = (this.#letters ??= new Map<string, Letter[]>())
    const letters = all.get(letter.to)
    if (letters === undefined) all.set(letter.to, [letter])
    else letters.push(letter)
    this.#lettersCount++
    ;(this.#lastNumbers ??= new Map()).set(letter.to, letter.number)
  }

  #arrived(to: string, upTo: number): void {
    const waiting = this.letters.get(to) ?? []
    const left = waiting.filter(({ number }) => number > upTo)
    this.#lettersCount -= waiting.length - left.length
    if (left.length > 0) this.#letters?.set(to, left)
    else this.#letters?.delete(to)
    if ((this.lastNumbers.get(to) ?? 0) < upTo) (this.#lastNumbers ??= new Map()).set(to, upTo)
  }

  /** Up to which number each receiver has everything: the next letter is numbered after that even if all have arrived. */
  #arrivals(): (readonly [string, number])[] {
    return [...this.lastNumbers].map(([to, last]) => {
      const first = this.letters.get(to)?.[0]
      return [to, first === undefined ? last : first.number - 1] as const
    })
  }
}

const nothing: ReadonlyMap<string, never> = new Map<string, never>()
