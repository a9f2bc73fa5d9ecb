// An arrival: a restored subtree that does not act yet. It begins to, or is taken away as if it had never been here.
import { away, closed, down, ended } from './cell-flags.ts'
import { countCell } from './departure.ts'
import { SUPERSEDED } from './exit.ts'
import { unpause } from './quiesce.ts'
import type { Captured } from './captured.ts'
import type { Cell } from './cell.ts'
import type { Tick } from './tick.ts'

/** A timer and when it is due, from the activation on. */
export interface ArrivingTick {
  readonly tick: Tick
  readonly remainingMs: number
}

export class Arrival {
  readonly root: Cell
  readonly #captured: Captured
  readonly #cells: readonly Cell[]
  readonly #ticks: readonly ArrivingTick[]
  #isOver = false

  /** @param cells in the order of what was captured */
  constructor(captured: Captured, cells: readonly Cell[], ticks: readonly ArrivingTick[]) {
    this.#captured = captured
    this.#cells = cells
    this.#ticks = ticks
    // Whoever restores has a root.
    this.root = cells[0] as Cell
  }

  /** They live here now: timers run, mail is handled. */
  activate(): void {
    if (this.#end()) return
    for (const { tick, remainingMs } of this.#ticks) tick.resumeIn(remainingMs)
    for (const [index, cell] of this.#cells.entries()) this.#startLater(cell, index)
    for (const cell of this.#cells) cell.host.supervision.resume(cell)
    for (const cell of this.#cells) cell.rareIfAny?.durable?.start()
    this.root.host.events.emit('moved-here', this.root)
    unpause(this.#cells)
  }

  /** They live on where they came from. */
  dispose(): void {
    if (this.#end()) return
    const { root } = this
    for (const cell of this.#cells) takeAway(cell)
    if (root.parent === undefined) return
    root.parent.unlink(root)
    root.host.supervision.gone(root.parent, root, SUPERSEDED)
  }

  #startLater(cell: Cell, index: number): void {
    const data = this.#captured.cells[index]
    if (data === undefined) return
    const { startsInMs, startsAlone } = data
    if (startsAlone) cell.host.supervision.beginLater(cell, Math.max(0, startsInMs ?? 0))
    else if (startsInMs !== undefined) cell.rare.nextStartMs = cell.host.clock.now() + startsInMs
  }

  #end(): boolean {
    const wasOver = this.#isOver
    this.#isOver = true
    return wasOver
  }
}

function takeAway(cell: Cell): void {
  if (cell.hasName) cell.host.registry.delete(cell.path)
  countCell(cell, -1)
  cell.flags |= ended | closed | down | away
  cell.self?.expire()
  cell.self = undefined
}
