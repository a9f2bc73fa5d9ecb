// A halt: the end of one life, step by step: the handler that runs, the children, the hook; or cut short at the deadline.
import { busy, down, ended, halting, starting, stashing } from './cell-flags.ts'
import { endDurableLife } from './durable/durable-life.ts'
import { Deadline } from './deadline.ts'
import { Fault } from './fault.ts'
import { runHook } from './hook.ts'
import { drop } from './router.ts'
import { putAside, unstashAll } from './stash.ts'
import { isThenable, whenSettled } from './thenable.ts'
import { cancelAllTicks } from './tick.ts'
import { unwatchAll, whenEnded } from './watches.ts'
import { KILLED } from './exit.ts'
import type { Cell } from './cell.ts'
import type { Exit } from './exit.ts'

/** What a halt needs from those who end whole actors. */
export interface HaltSteps {
  /** Ends a child for good, kindly: at once if nothing keeps it. */
  stopChild(child: Cell): void
  /** Ends a child for good, at once. */
  killChild(child: Cell): void
  /** The cell is down: no state, no timers, no watches; its mail waits. */
  done(exit: Exit): void
}

/**
 * For what is asynchronous in the end of a life; `halt` in ending.ts spares itself one where nothing is. From the first wait on it has the
 * cell's shutdown time, for all its steps together.
 */
export class Halt {
  readonly #cell: Cell
  readonly #steps: HaltSteps
  readonly #deadline: Deadline
  #listeners: (() => void)[] | undefined = undefined
  #exit: Exit
  #isCut = false
  #isOver = false

  constructor(cell: Cell, exit: Exit, steps: HaltSteps) {
    this.#cell = cell
    this.#exit = exit
    this.#steps = steps
    this.#deadline = new Deadline(() => this.cut())
  }

  run(): void {
    const cell = this.#cell
    cell.flags |= down | halting
    cell.rare.halt = this
    // A start may wait for children of its own: it ends when they do.
    if ((cell.flags & (busy | starting)) === busy) this.#whenIdle(() => this.#endChildren())
    else this.#endChildren()
  }

  /** Ends it now: what runs is abandoned, what lives below is killed. */
  cut(): void {
    if (this.#isCut || this.#isOver) return
    this.#isCut = true
    this.#exit = KILLED
    abandon(this.#cell)
    for (const child of this.#cell.children().toReversed()) this.#steps.killChild(child)
    this.#complete()
  }

  /** Calls `listener` once this is over, after the one it was made for. */
  after(listener: () => void): void {
    this.#listeners ??= []
    this.#listeners.push(listener)
  }

  #startDeadline(): void {
    const { host, spec } = this.#cell
    if (this.#deadline.heapIndex >= 0 || spec.shutdownMs === Infinity) return
    host.timers.add(this.#deadline, host.clock.now() + spec.shutdownMs)
  }

  #whenIdle(next: () => void): void {
    this.#startDeadline()
    this.#cell.rare.whenIdle = next
  }

  /** The last started goes first. Loops while children end at once, so that a million of them need no deep stack. */
  #endChildren(): void {
    for (let child = this.#cell.lastChild; child !== undefined; child = this.#cell.lastChild) {
      if (this.#isCut) return
      this.#steps.stopChild(child)
      if ((child.flags & ended) === 0) {
        whenEnded(child, () => this.#endChildren())
        this.#startDeadline()
        return
      }
    }
    if ((this.#cell.flags & busy) === 0) this.#runHook()
    else this.#whenIdle(() => this.#runHook())
  }

  #runHook(): void {
    const cell = this.#cell
    const hook = cell.definition.spec.stopping
    if (this.#isCut) return
    if (hook === undefined || cell.self === undefined || this.#exit.cause === 'killed') {
      this.#complete()
      return
    }
    const { self } = cell
    try {
      const result: unknown = runHook(cell.host, () => hook.call(cell.definition.spec, self, this.#exit))
      if (isThenable(result)) {
        this.#startDeadline()
        whenSettled(
          result,
          () => this.#complete(),
          (error) => this.#hookFailed(error),
        )
        return
      }
    } catch (error) {
      this.#hookFailed(error)
      return
    }
    this.#complete()
  }

  #hookFailed(error: unknown): void {
    const cell = this.#cell
    if (!this.#isOver) {
      const fault = Fault.wrap(error, 'hook-failed', `Cannot run the stopping hook of "${cell.path}"`)
      cell.host.events.emit('hook-failed', cell, fault)
    }
    this.#complete()
  }

  #complete(): void {
    if (this.#isOver) return
    this.#isOver = true
    const cell = this.#cell
    cell.host.timers.remove(this.#deadline)
    clear(cell)
    cell.rare.halt = undefined
    cell.flags &= ~halting
    this.#steps.done(this.#exit)
    for (const listener of this.#listeners ?? []) listener()
    cell.wake()
  }
}

/** What a life leaves behind is taken away; the mail stays, with what was set aside in front. */
export function clear(cell: Cell): void {
  cell.life++
  cell.signals = undefined
  const rare = cell.rareIfAny
  if (rare !== undefined) {
    cancelAllTicks(cell)
    unwatchAll(cell)
    unstashAll(cell)
    // The next life looks after its children with a budget of its own.
    rare.supervisor = undefined
    endDurableLife(cell)
  }
  cell.state = undefined
  cell.self?.expire()
  cell.self = undefined
}

/** Gives up on the async handler or hook that runs: its result will not be taken, its message is a dead letter. */
export function abandon(cell: Cell): void {
  if ((cell.flags & busy) === 0) return
  const { current, rare } = cell
  const { whenBegun } = rare
  const isAside = (cell.flags & stashing) !== 0
  cell.life++
  cell.current = undefined
  rare.whenIdle = undefined
  rare.whenBegun = undefined
  cell.flags &= ~(busy | starting | stashing)
  if (current !== undefined && isAside) putAside(cell, current)
  else if (current !== undefined) drop(cell, current, 'handler-abandoned')
  whenBegun?.('abandoned')
}
