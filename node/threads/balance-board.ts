// A balance board: roots on their threads, with loads and talk, on which a plan tries its moves before anybody makes them.
import type { ThreadStatus } from './place.ts'

/** What delivering a message costs beside its handler, as a part of a thread's time if there is one each second: half a microsecond. */
const deliveryShare = 5e-7

export interface BalanceRoot {
  readonly path: string
  readonly slot: number
  /** The part of a thread's time that its tree takes: CPU milliseconds for each millisecond. */
  readonly cpuShare: number
  /** Messages that its tree handles each second. */
  readonly rate: number
  /** False for what must not be moved: definitions with `moves: false`, roots that were placed by wish. */
  readonly moves: boolean
  /** When it moved last. */
  readonly movedMs?: number | undefined
}

export interface BalanceThread {
  readonly slot: number
  readonly status: ThreadStatus
  /** The part of its time that it is busy with what is no root. */
  readonly otherShare: number
}

/** Two roots and the messages between them each second, both ways. */
export interface TalkRate {
  readonly a: string
  readonly b: string
  readonly rate: number
}

/** Threads that are not `up` are neither left nor entered, nor are those that are not named here. */
export interface BalanceFacts {
  readonly nowMs: number
  readonly roots: readonly BalanceRoot[]
  readonly threads: readonly BalanceThread[]
  readonly talk: readonly TalkRate[]
}

export class BalanceBoard {
  readonly #loads = new Map<number, number>()
  readonly #slots = new Map<string, number>()
  readonly #talk = new Map<string, Map<string, number>>()

  constructor({ roots, threads, talk }: BalanceFacts) {
    for (const { slot, status, otherShare } of threads) if (status === 'up') this.#loads.set(slot, otherShare)
    for (const root of roots) {
      if (!this.has(root.slot)) continue
      this.#slots.set(root.path, root.slot)
      this.#loads.set(root.slot, this.load(root.slot) + this.loadOf(root))
    }
    for (const { a, b, rate } of talk) {
      if (a === b) continue
      this.#note(a, b, rate)
      this.#note(b, a, rate)
    }
  }

  /** Whether roots may leave and enter that thread. */
  has(slot: number): boolean {
    return this.#loads.has(slot)
  }

  load(slot: number): number {
    return this.#loads.get(slot) ?? 0
  }

  loadOf({ cpuShare, rate }: BalanceRoot): number {
    return cpuShare + rate * deliveryShare
  }

  /** Where it lives, if that is a thread that roots may leave and enter. */
  slotOf(path: string): number | undefined {
    return this.#slots.get(path)
  }

  /** The idlest first, equals by number. */
  slotsByLoad(): number[] {
    return [...this.#loads].toSorted(([a, x], [b, y]) => x - y || a - b).map(([slot]) => slot)
  }

  get imbalance(): number {
    return spreadOf([...this.#loads.values()])
  }

  imbalanceAfter(root: BalanceRoot, to: number): number {
    const load = this.loadOf(root)
    const from = this.slotOf(root.path)
    const loads = [...this.#loads].map(([slot, share]) => {
      if (slot === to) return share + load
      return slot === from ? share - load : share
    })
    return spreadOf(loads)
  }

  rateBetween(a: string, b: string): number {
    return this.#talk.get(a)?.get(b) ?? 0
  }

  /** How many messages each second would no longer cross if it moved, less those that would begin to. */
  kept(path: string, { from, to }: { readonly from: number; readonly to: number }): number {
    let sum = 0
    for (const [other, rate] of this.#talk.get(path) ?? []) {
      const slot = this.#slots.get(other)
      if (slot === to) sum += rate
      else if (slot === from) sum -= rate
    }
    return sum
  }

  move(root: BalanceRoot, to: number): void {
    const from = this.slotOf(root.path)
    if (from === undefined) return
    const load = this.loadOf(root)
    this.#loads.set(from, this.load(from) - load)
    this.#loads.set(to, this.load(to) + load)
    this.#slots.set(root.path, to)
  }

  #note(path: string, other: string, rate: number): void {
    const rates = this.#talk.get(path) ?? new Map<string, number>()
    rates.set(other, (rates.get(other) ?? 0) + rate)
    this.#talk.set(path, rates)
  }
}

/** From the lowest to the highest. */
function spreadOf(loads: readonly number[]): number {
  return loads.length === 0 ? 0 : Math.max(...loads) - Math.min(...loads)
}
