// A restart group: the children that come back together, halted in reverse and begun in order, one step at a time.
import { begin } from '../runtime/begin.ts'
import { down, ended, halting } from '../runtime/cell.ts'
import { Deadline } from '../runtime/deadline.ts'
import { finish, halt } from '../runtime/ending.ts'
import { STOPPED } from '../runtime/exit.ts'
import type { Cell } from '../runtime/cell.ts'
import type { Exit } from '../runtime/exit.ts'
import type { Fault } from '../runtime/fault.ts'

/** Who looks on while a group is restarted. */
export interface GroupEvents {
  beginning(cell: Cell): void
  failed(cell: Cell, fault: Fault): void
}

/** Takes on further children while it is at work: two failures at once become one restart of all whom either concerns. */
export class RestartGroup {
  readonly #parent: Cell
  readonly #events: GroupEvents
  readonly #toHalt: { readonly cell: Cell; readonly exit: Exit }[] = []
  readonly #toDrop: Cell[] = []
  readonly #toBegin = new Set<Cell>()
  readonly #pause: Deadline
  #isStepping = false

  constructor(parent: Cell, events: GroupEvents) {
    this.#parent = parent
    this.#events = events
    this.#pause = new Deadline(() => this.#advance())
  }

  /** @param delayMs pause between the last halt and the first begin */
  restart(
    failed: { readonly cell: Cell; readonly exit: Exit },
    plan: { readonly halt: readonly Cell[]; readonly begin: readonly Cell[]; readonly drop: readonly Cell[] },
    delayMs: number,
  ): void {
    this.#toHalt.push(failed, ...plan.halt.map((cell) => ({ cell, exit: STOPPED })))
    this.#toDrop.push(...plan.drop)
    for (const cell of plan.begin) this.#toBegin.add(cell)
    const { timers, clock } = this.#parent.host
    timers.remove(this.#pause)
    if (delayMs > 0) timers.add(this.#pause, clock.now() + delayMs)
    this.#advance()
  }

  #advance(): void {
    while (!this.#isStepping) {
      const next = this.#toHalt.shift()
      if (next !== undefined) this.#halt(next.cell, next.exit)
      else if (!this.#beginNext()) return
    }
  }

  #halt(cell: Cell, exit: Exit): void {
    if ((cell.flags & (ended | halting)) !== 0) return
    this.#isStepping = true
    halt(cell, exit, () => this.#stepped())
  }

  #stepped(): void {
    this.#isStepping = false
    this.#advance()
  }

  #beginNext(): boolean {
    for (const cell of this.#toDrop.splice(0)) finish(cell, STOPPED)
    if (this.#pause.heapIndex >= 0) return false
    const cell = this.#parent.children().find((child) => this.#toBegin.has(child))
    if (cell === undefined || (this.#parent.flags & (halting | ended)) !== 0) {
      this.#toBegin.clear()
      return false
    }
    this.#toBegin.delete(cell)
    if ((cell.flags & (ended | down)) !== down) return true
    if (cell.isOrdered) {
      finish(cell, STOPPED)
      return true
    }
    this.#isStepping = true
    this.#events.beginning(cell)
    begin(cell, (result) => {
      this.#isStepping = false
      // Never deeper into the stack: a child that fails at each start would otherwise fill it.
      this.#parent.host.clock.later(() => {
        if (typeof result === 'string') this.#advance()
        else this.#events.failed(cell, result)
      })
    })
    return true
  }
}
