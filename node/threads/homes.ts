// Homes: the node's table of where each root lives; the main thread's word on it is final.
import { Fault } from '../../runtime/fault.ts'
import { invariant } from '../../runtime/invariant.ts'
import { upwards } from '../../runtime/path.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { RestartType } from '../../runtime/supervision.ts'
import type { Home } from '../../transports/link/record.ts'
import type { LossRecord } from './after-loss.ts'
import type { MoveOrder } from './orders.ts'
import type { SpawnOrder } from './spawn-order.ts'

/**
 * `starting` until the root is in its thread · `settled` · `moving` from one thread to another · `returning` its thread was lost, and it is
 * being started again. Only of a settled one can be said where it lives.
 */
export type HomeState = 'starting' | 'settled' | 'moving' | 'returning'

/** One root. */
export class HomeEntry {
  readonly top: string
  readonly order: SpawnOrder
  thread: number
  epoch: number
  state: HomeState = 'starting'
  /** Whoever spawned it has it. Before, its loss is a spawn that has failed, and it does not come back. */
  hasStarted = false
  /** Whether it comes back when its thread is lost. */
  restart: RestartType = 'transient'
  /** The move that is under way. */
  move: MoveOrder | undefined = undefined
  /** When it was moved last, by the main thread's clock. */
  movedMs: number | undefined = undefined
  /** What is remembered of the threads that were lost with it. */
  losses: LossRecord = { losses: [], strikes: [] }
  /** Called once, when it is settled or gone. */
  readonly #waiting: (() => void)[] = []

  constructor(order: SpawnOrder, thread: number) {
    this.top = order.path
    this.order = order
    this.thread = thread
    this.epoch = order.epoch
  }

  get home(): Home {
    return { top: this.top, thread: this.thread, epoch: this.epoch }
  }

  /** It is woken by a message, and so comes back by itself only then. */
  get isEntity(): boolean {
    return this.order.idleMs !== undefined
  }

  /** Calls at once if it is settled. */
  whenSettled(run: () => void): void {
    if (this.state === 'settled') run()
    else this.#waiting.push(run)
  }

  settle(): void {
    this.state = 'settled'
    for (const run of this.#waiting.splice(0)) run()
  }
}

export class Homes {
  readonly #entries = new Map<string, HomeEntry>()
  #lastEpoch = 0
  /** Called when the last root of a thread has ended or gone. */
  emptied: (thread: number) => void = () => undefined
  /** Called when an entity has no home any more, with how it ended if that is known. */
  released: (entry: HomeEntry, exit: Exit | undefined) => void = () => undefined
  /** Called when a root has no home any more. */
  ended: (entry: HomeEntry) => void = () => undefined
  readonly #counts = new Map<number, number>()
  /** The roots whose paths go on after a beginning, by that beginning: `bank` has `bank/ada`. */
  readonly #below = new Map<string, Set<string>>()

  /** Higher than any epoch given so far: whoever remembers another root of the same path knows which is the newer. */
  get nextEpoch(): number {
    return this.#lastEpoch + 1
  }

  get count(): number {
    return this.#entries.size
  }

  entries(): IterableIterator<HomeEntry> {
    return this.#entries.values()
  }

  get(top: string): HomeEntry | undefined {
    return this.#entries.get(top)
  }

  /** @throws {Fault} `name-taken` */
  claim(order: SpawnOrder, thread: number): HomeEntry {
    if (this.#entries.has(order.path)) throw nameTaken(order.path)
    const entry = new HomeEntry(order, thread)
    this.#lastEpoch = Math.max(this.#lastEpoch, entry.epoch)
    this.#entries.set(entry.top, entry)
    this.#count(thread, 1)
    for (const beginning of beginningsOf(entry.top)) {
      const below = this.#below.get(beginning)
      if (below === undefined) this.#below.set(beginning, new Set([entry.top]))
      else below.add(entry.top)
    }
    return entry
  }

  /** The root has ended; whoever waits to hear where it lives hears that nobody does. */
  release(entry: HomeEntry, exit?: Exit): void {
    if (this.#entries.get(entry.top) !== entry) return
    this.#entries.delete(entry.top)
    this.#count(entry.thread, -1)
    for (const beginning of beginningsOf(entry.top)) {
      const below = this.#below.get(beginning)
      below?.delete(entry.top)
      if (below?.size === 0) this.#below.delete(beginning)
    }
    if (entry.isEntity) this.released(entry, exit)
    this.ended(entry)
    entry.settle()
  }

  /** The root under which a path lies: the longest one that begins it. */
  under(path: string): HomeEntry | undefined {
    return upwards(path, (top) => this.#entries.get(top))
  }

  /** Says where a path leads, once the root under which it lies is settled. */
  resolve(path: string, answer: (home: Home | undefined) => void): void {
    const entry = this.under(path)
    if (entry === undefined) answer(undefined)
    else if (entry.state === 'settled') answer(entry.home)
    else entry.whenSettled(() => this.resolve(path, answer))
  }

  /** The roots whose paths begin with this path, and those with whose paths it begins; all of them share a thread. */
  kinOf(path: string): HomeEntry[] {
    const above = beginningsOf(path).flatMap((beginning) => this.#entries.get(beginning) ?? [])
    const below = [...(this.#below.get(path) ?? [])].flatMap((top) => this.#entries.get(top) ?? [])
    return [...above, ...below]
  }

  on(thread: number): HomeEntry[] {
    return [...this.#entries.values()].filter((entry) => entry.thread === thread)
  }

  /** Gives a root its next home after a move, unless its epoch says that it has another one by now. */
  change(entry: HomeEntry, from: number, to: number): boolean {
    if (this.#entries.get(entry.top) !== entry || entry.epoch !== from) return false
    invariant(to >= 0, 'A root was given a home in no thread')
    this.rehome(entry, to)
    // Nobody moves before it has started, whatever is known of that.
    entry.hasStarted = true
    return true
  }

  /** Gives a root a new home, whatever it had before. */
  rehome(entry: HomeEntry, to: number): void {
    this.#count(entry.thread, -1)
    this.#count(to, 1)
    entry.thread = to
    entry.epoch++
    this.#lastEpoch = Math.max(this.#lastEpoch, entry.epoch)
  }

  countOn(thread: number): number {
    return this.#counts.get(thread) ?? 0
  }

  #count(thread: number, by: number): void {
    const count = this.countOn(thread) + by
    if (count === 0) {
      this.#counts.delete(thread)
      this.emptied(thread)
    } else this.#counts.set(thread, count)
  }
}

/** The fault of whoever wants a name that somebody has. */
export function nameTaken(path: string): Fault {
  return new Fault('name-taken', `Cannot spawn "${path}": an actor lives there already`, {
    hint: 'Choose another name, or stop the one that lives there and wait for its end.',
  })
}

/** `a`, `a/b` of `a/b/c`. */
function beginningsOf(path: string): string[] {
  const found: string[] = []
  for (let cut = path.indexOf('/'); cut > 0; cut = path.indexOf('/', cut + 1)) found.push(path.slice(0, cut))
  return found
}
