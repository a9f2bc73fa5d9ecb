// A halt: the end of one life, step by step: the handler that runs, the children, the hook; or cut short at the deadline.
import { busy, down, halting, stashing } from './cell.ts'
import { Deadline } from './deadline.ts'
import { Fault } from './fault.ts'
import { drop } from './router.ts'
import { unstashAll } from './stash.ts'
import { isThenable } from './thenable.ts'
import { cancelAllTicks } from './tick.ts'
import { unwatchAll } from './watches.ts'
import { KILLED } from './exit.ts'
import type { Cell } from './cell.ts'
import type { Exit } from './exit.ts'

/** What a halt needs from those who end whole actors. */
export interface HaltSteps {
  /** Ends a child for good, kindly. */
  stopChild(child: Cell, done: () => void): void
  /** Ends a child for good, at once. */
  killChild(child: Cell): void
  /** The cell is down: no state, no timers, no watches; its mail waits. */
  done(exit: Exit): void
}

/** For what is asynchronous in the end of a life; `halt` in ending.ts spares itself one where nothing is. */
export class Halt {
  readonly #cell: Cell
  readonly #steps: HaltSteps
  readonly #deadline: Deadline
  #exit: Exit
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
    if ((cell.flags & busy) === 0) {
      this.#endChildren()
      return
    }
    this.#startDeadline()
    cell.rare.whenIdle = () => this.#endChildren()
  }

  /** Ends it now: what runs is abandoned, what lives below is killed. */
  cut(): void {
    if (this.#isOver) return
    this.#exit = KILLED
    abandon(this.#cell)
    for (const child of this.#cell.children().toReversed()) this.#steps.killChild(child)
    this.#complete()
  }

  #startDeadline(): void {
    const { host, spec } = this.#cell
    if (this.#deadline.heapIndex >= 0 || spec.shutdownMs === Infinity) return
    host.timers.add(this.#deadline, host.clock.now() + spec.shutdownMs)
  }

  /** The last started goes first. Loops while children end at once, so that a million of them need no deep stack. */
  #endChildren(): void {
    for (let child = this.#cell.lastChild; child !== undefined; child = this.#cell.lastChild) {
      if (this.#isOver) return
      let hasEnded = false
      let isLate = false
      this.#steps.stopChild(child, () => {
        hasEnded = true
        if (isLate) this.#endChildren()
      })
      isLate = true
      if (!hasEnded) return
    }
    this.#runHook()
  }

  #runHook(): void {
    const cell = this.#cell
    const hook = cell.definition.spec.stopping
    if (this.#isOver) return
    if (hook === undefined || cell.self === undefined || this.#exit.cause === 'killed') {
      this.#complete()
      return
    }
    try {
      const result: unknown = hook.call(cell.definition.spec, cell.self, this.#exit)
      if (isThenable(result)) {
        this.#startDeadline()
        Promise.resolve(result).then(
          () => this.#complete(),
          (error: unknown) => this.#hookFailed(error),
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
  }
}

/** What a life leaves behind is taken away; the mail stays, with what was set aside in front. */
export function clear(cell: Cell): void {
  cell.life++
  if (cell.rareIfAny !== undefined) {
    cancelAllTicks(cell)
    unwatchAll(cell)
    unstashAll(cell)
  }
  cell.signals = undefined
  cell.state = undefined
  cell.self?.expire()
  cell.self = undefined
}

/** Gives up on the async handler or hook that runs: its result will not be taken, its message is a dead letter. */
export function abandon(cell: Cell): void {
  if ((cell.flags & busy) === 0) return
  const { current } = cell
  const isAside = (cell.flags & stashing) !== 0
  const whenBegun = cell.rareIfAny?.whenBegun
  cell.life++
  cell.current = undefined
  cell.rare.whenIdle = undefined
  cell.rare.whenBegun = undefined
  cell.flags &= ~(busy | stashing)
  if (current !== undefined && !isAside) drop(cell, current, 'handler-abandoned')
  whenBegun?.('abandoned')
}
