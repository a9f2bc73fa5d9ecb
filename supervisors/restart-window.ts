// A restart window: the restart budget of one supervisor as a ring; the answers of `spend` at constant cost.
import type { BudgetLimits } from './budget.ts'

/** Slots of the first ring; most supervisors never need more. */
const slotsMin = 4

/**
 * Remembers the restarts of one supervisor, or of one child when each has its own budget.
 *
 * `spend` copies its list; at 160,000 restarts a second and an intensity of thousands that is too dear, so
 * the running supervisor holds this ring. Memory grows with use, to `intensity + 1` numbers at most, and
 * nothing is allocated before the first restart.
 */
export class RestartWindow {
  readonly #limits: BudgetLimits
  // Invariant: #count <= #slots.length <= intensity + 1; #first is the slot of the oldest restart.
  #slots: number[] = []
  #first = 0
  #count = 0

  /** @param restartsAt restarts to go on with, oldest first, as `restartsAt()` gave them */
  constructor(limits: BudgetLimits, restartsAt: readonly number[] = []) {
    this.#limits = limits
    for (const atMs of restartsAt) this.#append(atMs)
  }

  /**
   * Spends one restart.
   * @returns true when the budget is exhausted and the restart must not happen
   */
  spend(nowMs: number): boolean {
    this.#forgetBefore(nowMs)
    this.#append(nowMs)
    return this.#count > this.#limits.intensity
  }

  /** The remembered restarts, oldest first; a copy, for a snapshot, a move or `why`. */
  restartsAt(): number[] {
    const times: number[] = []
    for (let offset = 0; offset < this.#count; offset++) times.push(this.#at(offset))
    return times
  }

  /** Forgets all restarts; the next one is the first. */
  clear(): void {
    this.#slots = []
    this.#first = 0
    this.#count = 0
  }

  #forgetBefore(nowMs: number): void {
    while (this.#count > 0 && nowMs > this.#at(0) + this.#limits.periodMs) this.#forgetOldest()
  }

  #append(atMs: number): void {
    if (this.#count > this.#limits.intensity) this.#forgetOldest()
    if (this.#count === this.#slots.length) this.#grow()
    this.#slots[(this.#first + this.#count) % this.#slots.length] = atMs
    this.#count++
  }

  #forgetOldest(): void {
    this.#first = (this.#first + 1) % this.#slots.length
    this.#count--
  }

  #grow(): void {
    const length = Math.min(Math.max(slotsMin, this.#slots.length * 2), this.#limits.intensity + 1)
    const slots = this.restartsAt()
    while (slots.length < length) slots.push(0)
    this.#slots = slots
    this.#first = 0
  }

  #at(offset: number): number {
    // Every slot below #slots.length was filled by #grow.
    return this.#slots[(this.#first + offset) % this.#slots.length] as number
  }
}
