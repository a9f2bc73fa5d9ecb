// A departure: a captured subtree that is not yet gone. It comes back with everything, or is given up for good.
import { away, closed, down, ended, paused, restless } from './cell-flags.ts'
import { STOPPED, SUPERSEDED } from './exit.ts'
import { stopForGood } from './ending.ts'
import { unpause } from './quiesce.ts'
import { cancelAllTicks, ticksOf } from './tick.ts'
import { Watch, watcherOf } from './watches.ts'
import type { Captured } from './captured.ts'
import type { Cell, Host, Signal } from './cell.ts'
import type { Envelope } from './envelope.ts'
import type { Exit } from './exit.ts'
import type { TimerEntry } from './timer-queue.ts'

/** What a departure asks of whoever moves the subtree. */
export interface DepartureContext {
  /**
   * Somebody who is not captured watches an actor that is: the actor that `watcherOf` says, or else a function. Called at the capture.
   * When it has ended where it went, an actor is told by `hearFar`, a function by `hear`.
   * @returns the way to take it back
   */
  watchedBy(cell: Cell, token: object, hear: (exit: Exit) => void): () => void
  /** A captured actor watches one that stays here, and has gone: the end of `target` is to be told at `path`. */
  watches(path: string, target: Cell): void
  /** What a captured actor was to hear after the capture, once it has gone. */
  signal(path: string, signal: Signal): void
  /** A message that waits for room in the mailbox of an actor that has gone. */
  offer(envelope: Envelope, timeoutMs: number): Promise<void>
}

/** A timer that was taken out of the queue. */
interface HeldTimer {
  readonly entry: TimerEntry
  readonly dueMs: number
}

/** A watch from outside that is kept elsewhere too. */
interface HeldWatch {
  readonly cell: Cell
  readonly token: object
  readonly takeBack: () => void
}

export class Departure {
  readonly captured: Captured
  readonly #cells: readonly Cell[]
  readonly #context: DepartureContext
  readonly #held: HeldTimer[] = []
  readonly #watches: HeldWatch[] = []
  /** The signals that were captured, by cell: those that come after are handed on. */
  readonly #signals = new Map<Cell, number>()
  /** The root's place among its siblings: before this one. */
  readonly #next: Cell | undefined
  #isOver = false

  /** @param cells in the order of what was captured */
  constructor(captured: Captured, cells: readonly Cell[], context: DepartureContext) {
    this.captured = captured
    this.#cells = cells
    this.#context = context
    for (const cell of cells) this.#leave(cell)
    const [root] = cells
    this.#next = root?.next
    if (root !== undefined) root.parent?.unlink(root)
  }

  /** Gives the move up: all go on as if nothing had happened. */
  release(): void {
    if (this.#end()) return
    const [root] = this.#cells
    const isNextThere = this.#next !== undefined && (this.#next.flags & (ended | away)) === 0
    if (root !== undefined) root.parent?.link(root, isNextThere ? this.#next : undefined)
    for (const watch of this.#watches) this.#takeWatchBack(watch)
    for (const cell of this.#cells) comeBack(cell)
    const { timers } = this.#host
    for (const { entry, dueMs } of this.#held) timers.add(entry, dueMs)
    for (const cell of this.#cells) cell.host.supervision.resume(cell)
    unpause(this.#cells)
    // The runtime may have ended meanwhile; it could not tell them.
    if (root?.parent !== undefined && (root.parent.flags & (closed | ended)) !== 0) stopForGood(root, STOPPED)
  }

  /** They live elsewhere now. Nobody is told here that they have ended: they have not. */
  discard(): void {
    if (this.#end()) return
    const [root] = this.#cells
    for (const { cell, token } of this.#watches) this.#handWatchOn(cell, token)
    for (const cell of this.#cells) this.#giveUp(cell)
    if (root?.parent === undefined) return
    this.#host.events.emit('moved-away', root)
    this.#host.supervision.gone(root.parent, root, SUPERSEDED)
  }

  get #host(): Host {
    // There is a root at least.
    return (this.#cells[0] as Cell).host
  }

  #end(): boolean {
    const wasOver = this.#isOver
    this.#isOver = true
    return wasOver
  }

  #leave(cell: Cell): void {
    const { host } = cell
    const rare = cell.rareIfAny
    if (cell.hasName) host.registry.delete(cell.path)
    cell.flags = (cell.flags | away | paused) & ~restless
    countCell(cell, -1)
    if (rare === undefined) return
    for (const tick of ticksOf(cell)) this.#hold(host, tick)
    if (rare.nextStart !== undefined) this.#hold(host, rare.nextStart)
    this.#signals.set(cell, cell.signals?.list().length ?? 0)
    for (const [token, hear] of rare.watchers ?? []) {
      const watcher = watcherOf(token)
      if (watcher === undefined || !this.#isOwn(watcher)) this.#watch(cell, token, hear)
    }
  }

  #hold(host: Host, entry: TimerEntry): void {
    const { dueMs } = entry
    if (host.timers.remove(entry)) this.#held.push({ entry, dueMs })
  }

  #watch(cell: Cell, token: object, hear: (exit: Exit) => void): void {
    const takeBack = this.#context.watchedBy(cell, token, hear)
    if (token instanceof Watch) token.takeBack = takeBack
    this.#watches.push({ cell, token, takeBack })
  }

  /** It is kept here again, unless its watcher has moved away itself, or has taken it back. */
  #takeWatchBack({ cell, token, takeBack }: HeldWatch): void {
    if (cell.rareIfAny?.watchers?.has(token) === true) {
      takeBack()
      if (token instanceof Watch) token.takeBack = undefined
      return
    }
    const watcher = watcherOf(token)
    if (watcher !== undefined && (watcher.flags & away) !== 0) this.#context.watches(watcher.path, cell)
  }

  #isOwn(cell: Cell): boolean {
    const [root] = this.#cells
    let above: Cell | undefined = cell
    while (above !== undefined && above !== root) above = above.parent
    return above !== undefined
  }

  /** An actor that stays goes on watching by the path; whoever has taken the watch back meanwhile does not. */
  #handWatchOn(cell: Cell, token: object): void {
    if (cell.rareIfAny?.watchers?.has(token) !== true || !(token instanceof Watch)) return
    const { watcher, ref, takeBack } = token
    watcher.rareIfAny?.watching?.delete(cell)
    if (takeBack !== undefined) (watcher.rare.watchingFar ??= new Map()).set(ref.path, { ref, takeBack })
  }

  #giveUp(cell: Cell): void {
    const { path } = cell
    const rare = cell.rareIfAny
    const heard = this.#signals.get(cell) ?? 0
    for (const signal of cell.signals?.list().slice(heard) ?? []) this.#context.signal(path, signal)
    for (const [target, token] of rare?.watching ?? []) {
      target.rareIfAny?.watchers?.delete(token)
      // One that is about to move as well sees to it itself.
      const staysHere = (target.flags & (ended | away)) === 0
      if (staysHere) this.#context.watches(path, target)
    }
    for (const offer of rare?.offers ?? [])
      offer.handOn((envelope, timeoutMs) => this.#context.offer(envelope, timeoutMs))
    empty(cell)
  }
}

function comeBack(cell: Cell): void {
  cell.flags &= ~away
  cell.rareIfAny?.durable?.start()
  if (cell.hasName) cell.host.registry.set(cell.path, cell)
  countCell(cell, 1)
}

/** Nothing of a cell that lives elsewhere is to be found here, and nobody has it act. */
function empty(cell: Cell): void {
  cell.flags |= ended | closed | down
  cell.life++
  cell.self?.expire()
  cell.self = undefined
  cell.state = undefined
  cell.signals = undefined
  while (cell.mailbox.shift() !== undefined);
  const rare = cell.rareIfAny
  if (rare === undefined) return
  rare.exit = SUPERSEDED
  cancelAllTicks(cell)
  rare.timers = undefined
  rare.stash = undefined
  rare.watchers = undefined
  rare.watching = undefined
  rare.watchingFar = undefined
  rare.offers = undefined
  rare.supervisor = undefined
  // Not released: its journal is written on where it has gone, by the same claim.
  rare.durable = undefined
  rare.inbox = undefined
  rare.failing = undefined
  rare.nextStart = undefined
  rare.nextStartMs = undefined
}

/** Puts a cell into the sums that are kept beside the cells, or takes it out. */
export function countCell(cell: Cell, sign: 1 | -1): void {
  const { totals } = cell.host
  totals.actors += sign
  const rare = cell.rareIfAny
  if (rare === undefined) return
  for (const letters of rare.dead.values()) totals.deadElsewhere += sign * letters
}
