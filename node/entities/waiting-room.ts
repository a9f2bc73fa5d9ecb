// A waiting room: who waits until one more entity may be awake, in the order of their coming.
import { Deadline } from '../../runtime/deadline.ts'
import { outsideOfActors } from '../../runtime/context.ts'
import type { Host } from '../../runtime/cell.ts'

/** How many may wait in a node. */
export const roomWaitersMax = 10_000
/** How often it is looked whether one has become idle, in milliseconds; that an entity has gone is known at once. */
const roomRetryMs = 50

/** One who waits. */
export interface Waiter {
  readonly path: string
  readonly dueMs: number
  /** Tries once more; true if it waits no longer. */
  attempt(): boolean
  /** Its time is over. */
  expire(): void
}

export class WaitingRoom {
  readonly #host: Host
  readonly #deadline: Deadline
  readonly #stirSoon: () => void = outsideOfActors(() => this.#stir())
  #waiters: Waiter[] = []
  #isStirring = false

  constructor(host: Host) {
    this.#host = host
    this.#deadline = new Deadline(outsideOfActors(() => this.#stir()))
  }

  get count(): number {
    return this.#waiters.length
  }

  get isFull(): boolean {
    return this.#waiters.length >= roomWaitersMax
  }

  /** Whether somebody waits for that entity: who comes later waits behind. */
  has(path: string): boolean {
    return this.#waiters.some((waiter) => waiter.path === path)
  }

  /** Lets one more wait. Whoever calls has seen that there is room for it. */
  add(waiter: Waiter): void {
    this.#waiters.push(waiter)
    this.#arm()
  }

  /** An entity is awake: those that wait for it need not any more. */
  serve(path: string): void {
    const served = this.#waiters.filter((waiter) => waiter.path === path)
    if (served.length === 0) return
    this.#waiters = this.#waiters.filter((waiter) => waiter.path !== path)
    for (const waiter of served) waiter.attempt()
  }

  /** Something has changed: they try again once what goes on now has ended. */
  stir(): void {
    if (this.#waiters.length === 0 || this.#isStirring) return
    this.#isStirring = true
    this.#host.clock.soon(this.#stirSoon)
  }

  #stir(): void {
    this.#isStirring = false
    const nowMs = this.#host.clock.now()
    const waiting = this.#waiters
    const stay: Waiter[] = []
    const blocked = new Set<string>()
    // Whoever comes while they try stands behind them.
    this.#waiters = []
    for (const waiter of waiting) {
      if (!blocked.has(waiter.path) && waiter.attempt()) continue
      if (waiter.dueMs <= nowMs) {
        waiter.expire()
        continue
      }
      blocked.add(waiter.path)
      stay.push(waiter)
    }
    this.#waiters = [...stay, ...this.#waiters]
    this.#arm()
  }

  #arm(): void {
    if (this.#waiters.length === 0 || this.#deadline.heapIndex >= 0) return
    const nowMs = this.#host.clock.now()
    const dueMs = this.#waiters.reduce((least, waiter) => Math.min(least, waiter.dueMs), nowMs + roomRetryMs)
    this.#host.timers.add(this.#deadline, Math.max(nowMs + 1, dueMs))
  }
}
