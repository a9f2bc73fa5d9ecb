// A staging: what waits for the next record of an actor beside its events, and what of that is under way.
import type { Commit, Letter } from '../commit.ts'
import type { Duties } from './duties.ts'
import type { Outbox } from './outbox.ts'
import type { Staged } from './durable-life.ts'

export class Staging {
  /** What the handler that runs has staged. */
  now: Staged | undefined = undefined
  /** What is under way, in order. */
  readonly ahead: Staged[] = []
  /** What was staged for records that were refused: the next one takes it along. */
  #returned: Staged[] = []
  readonly #duties: Duties

  constructor(duties: Duties) {
    this.#duties = duties
  }

  get isEmpty(): boolean {
    return this.now === undefined && this.#returned.length === 0
  }

  /** Takes all that waits into the next record, with what the letters have to say. */
  take(letters: Outbox | undefined): Staged | undefined {
    // As nearly always.
    if (letters === undefined && this.isEmpty) return undefined
    const staged = merged(this.now === undefined ? this.#returned : [...this.#returned, this.now])
    this.clear()
    letters?.addTo(staged)
    if (Object.keys(staged).length === 0) return undefined
    if (staged.sent !== undefined) staged.sent = this.#numbered(staged.sent)
    return staged
  }

  /** The oldest that is under way has come to its end. */
  ended(isRefused: boolean): void {
    const staged = this.ahead.shift()
    if (isRefused && staged !== undefined) this.#returned.push(staged)
  }

  clear(): void {
    this.now = undefined
    this.#returned = []
  }

  /** All duties there are, once what is under way and `staged` are applied; undefined if there are none. */
  dutiesAfter(staged: Staged | undefined): Commit | undefined {
    if (this.#duties.isEmpty && this.ahead.length === 0 && staged === undefined) return undefined
    const after = this.#duties.copy()
    for (const commit of this.ahead) after.apply(commit)
    if (staged !== undefined) after.apply(staged)
    return after.capture()
  }

  /** When the actor has to be awake then. */
  wakeMsAfter(staged: Staged | undefined): number {
    return this.#duties.wakeMsAfter(staged === undefined ? this.ahead : [...this.ahead, staged])
  }

  /** Numbers are given when a record is made: what was refused leaves no gap. */
  #numbered(letters: readonly Letter[]): Letter[] {
    const last = new Map<string, number>()
    for (const { sent } of this.ahead) for (const { to, number } of sent ?? []) last.set(to, number)
    return letters.map((letter) => {
      const number = (last.get(letter.to) ?? this.#duties.lastNumbers.get(letter.to) ?? 0) + 1
      last.set(letter.to, number)
      return { ...letter, number }
    })
  }
}

function merged(parts: readonly Staged[]): Staged {
  const [first] = parts
  if (parts.length < 2) return first ?? {}
  const all: Staged = {}
  for (const { sender, timers, sent, arrived, handled, replies } of parts) {
    if (sender !== undefined) all.sender = sender
    if (timers !== undefined) all.timers = [...(all.timers ?? []), ...timers]
    if (sent !== undefined) all.sent = [...(all.sent ?? []), ...sent]
    if (arrived !== undefined) all.arrived = [...(all.arrived ?? []), ...arrived]
    if (handled !== undefined) all.handled = [...(all.handled ?? []), ...handled]
    if (replies !== undefined) all.replies = [...(all.replies ?? []), ...replies]
  }
  return all
}
