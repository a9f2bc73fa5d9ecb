// A stage: what all simulated threads of one run write their history on, and where it is looked up who lives where.
import { absent, away, ended, settling } from '../../../runtime/cell-flags.ts'
import type { TestNode } from 'troupe/testing'
import type { Exit } from 'troupe'
import type { Cell } from '../../../runtime/cell.ts'
import type { LifecycleEvent } from '../../../runtime/event-log.ts'
import type { Runtime } from '../../../runtime/runtime.ts'
import type { HistoryEvent } from '../../../scenarios/testing/checkers/history.ts'

/** A message that was sent, with where its sender and its receiver were then. */
export interface Sending {
  readonly id: number
  readonly from: string
  readonly to: string
  readonly how: 'tell' | 'ask' | 'offer'
  /** The thread that it was sent in. */
  readonly thread: number
  readonly index: number
}

/** A timer that an actor has started. */
export interface Timing {
  readonly key: string
  readonly path: string
  readonly life: number
  readonly dueMs: number
  firedMs: number | undefined
}

export class Stage {
  readonly history: HistoryEvent[] = []
  readonly sendings: Map<number, Sending> = new Map()
  readonly handled: Set<number> = new Set()
  /** Offers of which nobody knows whether they were taken. */
  readonly unknown: Set<number> = new Set()
  readonly timings: Map<string, Timing> = new Map()
  /** What broke a rule at the very moment when it did. */
  readonly breaches: string[] = []
  /** Asks and offers that have not ended, with the thread in which they wait. */
  readonly waiting: Map<number, number> = new Map()
  /** How often each thing happened, for the tests of the tests. */
  readonly counts: Map<string, number> = new Map()
  #node: TestNode | undefined = undefined
  #last = 0

  /** Begins to follow a node. */
  open(node: TestNode): void {
    this.#node = node
    this.follow(node.runtime)
  }

  follow(runtime: Runtime): void {
    runtime.host.events.follow((event) => this.#takeEvent(event))
  }

  nextId(): number {
    return ++this.#last
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1)
  }

  get nowMs(): number {
    return this.#node?.clock.now() ?? 0
  }

  /** The runtimes of the threads that are not lost, the main one first. */
  runtimes(): (readonly [thread: number, runtime: Runtime])[] {
    const node = this.#node
    if (node === undefined) return []
    const alive = node.threads.alive.flatMap((id) => {
      const runtime = node.residents.get(id)?.station.runtime
      return runtime === undefined ? [] : [[id, runtime] as const]
    })
    return [[0, node.runtime], ...alive]
  }

  /** Whoever lives at a path, in whatever thread; of each move there is one at most. */
  living(path: string): (readonly [thread: number, cell: Cell])[] {
    return this.runtimes().flatMap(([thread, runtime]) => {
      const cell = runtime.cellAt(path)
      return cell === undefined || (cell.flags & (absent & ~settling)) !== 0 ? [] : [[thread, cell] as const]
    })
  }

  /** The thread in which an actor lives, -1 for none: then its thread is lost, and its code only seems to run. */
  threadOf(cell: Cell | undefined): number {
    const found = this.runtimes().find(([, runtime]) => runtime.host === cell?.host)
    return found === undefined ? -1 : found[0]
  }

  isAlive(thread: number): boolean {
    return this.runtimes().some(([alive]) => alive === thread)
  }

  /** Looks that nobody lives in two places. */
  checkSingle(paths: readonly string[]): void {
    for (const path of paths) {
      const homes = this.living(path)
      if (homes.length > 1)
        this.breaches.push(`"${path}" lives in the threads ${homes.map(([id]) => id).join(' and ')}`)
    }
  }

  sent(sending: Omit<Sending, 'index'>, offers: boolean): void {
    const { id, from, to } = sending
    this.sendings.set(id, { ...sending, index: this.history.length })
    // An offer that waits is overtaken by what is told later, and by no other offer.
    this.history.push({ type: 'sent', id, from: offers ? `${from} offering` : from, to, seq: id })
  }

  #takeEvent({ kind, subject: { path }, detail }: LifecycleEvent): void {
    this.count(kind)
    if (kind === 'spawned') this.history.push({ type: 'spawned', path })
    if (kind === 'stopped' || kind === 'killed')
      this.history.push({ type: 'ended', path, cause: (detail as Exit).cause })
  }
}

/** Whether a cell stands for somebody who can act. */
export function canAct(cell: Cell): boolean {
  return (cell.flags & (away | ended)) === 0
}

const current: { stage: Stage } = { stage: new Stage() }

/** The stage of the run that is under way; definitions write on it. */
export function stage(): Stage {
  return current.stage
}

/** A new run. */
export function newStage(): Stage {
  current.stage = new Stage()
  return current.stage
}
