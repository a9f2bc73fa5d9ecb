// A restart group: the children that come back together, halted in reverse and begun in order, one step at a time.
import { begin } from '../runtime/begin.ts'
import { down, ended, halting, ordered } from '../runtime/cell-flags.ts'
import { Deadline } from '../runtime/deadline.ts'
import { finish, halt } from '../runtime/ending.ts'
import { STOPPED } from '../runtime/exit.ts'
import { besideMessages } from '../runtime/hook.ts'
import type { Cell, WhenBegun } from '../runtime/cell.ts'
import type { Exit } from '../runtime/exit.ts'

/** One life to be halted, and why. */
export interface Halting {
  readonly cell: Cell
  readonly exit: Exit
  /** `failure` and `itself` have ended that life already, and it is only to be cleared away. */
  readonly by: 'failure' | 'itself' | 'sibling' | 'order'
}

/** Who comes back together, as a strategy has planned it. */
export interface GroupPlan {
  readonly cause: Halting
  readonly halt: readonly Cell[]
  readonly begin: readonly Cell[]
  readonly drop: readonly Cell[]
}

/** A pause of a group as plain data. */
export interface CapturedGroup {
  /** Who is to begin after it, by the place among the children. */
  readonly toBegin: readonly number[]
  readonly pauseMs: number
}

/** A pause that had just ended is still one: it ends at the next look at the clock. */
const minPauseMs = 0.001

/** What a restart group asks of its supervisor. */
export interface GroupSupervisor {
  /** A life is over. */
  halted(halting: Halting, how: Exit): void
  /** A new life is about to begin. */
  beginning(cell: Cell): void
}

/**
 * Takes on further children while it is at work: two failures at once become one restart of all whom either concerns. It waits for each
 * halt and each start. A failure is decided upon at once, also one of a start; what the decision calls for joins the queue.
 */
export class RestartGroup {
  readonly #parent: Cell
  readonly #supervisor: GroupSupervisor
  readonly #pause: Deadline
  /** How long the pause is to be that has not begun. */
  #pauseMs = 0
  readonly #causes: Halting[] = []
  /** Those to be halted with them, in the order of their start: the last one is the next. */
  #toHalt: Cell[] = []
  readonly #toDrop = new Set<Cell>()
  readonly #toBegin = new Set<Cell>()
  /** Those to begin, the first one last; made when the last halt is over. */
  #line: Cell[] | undefined = undefined
  #isStepping = false
  #isAdvancing = false

  constructor(parent: Cell, supervisor: GroupSupervisor) {
    this.#parent = parent
    this.#supervisor = supervisor
    this.#pause = new Deadline(() => this.#advance())
  }

  /** @param delayMs the pause between the last halt and the first begin, in place of one that is on */
  restart(plan: GroupPlan, delayMs: number): void {
    this.#causes.push(plan.cause)
    const others = new Set([...this.#toHalt, ...plan.halt])
    if (plan.halt.length > 0) this.#toHalt = this.#parent.children().filter((child) => others.has(child))
    for (const cell of plan.drop) this.#toDrop.add(cell)
    for (const cell of plan.begin) this.#toBegin.add(cell)
    this.#line = undefined
    this.#parent.host.timers.remove(this.#pause)
    this.#pauseMs = delayMs
    this.#advance()
  }

  /** Ends the pause. */
  hurry(): void {
    this.#parent.host.timers.remove(this.#pause)
    this.#pauseMs = 0
    this.#advance()
  }

  /** Whether a halt or a start has to end before anything else can happen. */
  get isStepping(): boolean {
    return this.#isStepping || this.#isAdvancing
  }

  /** Stops the pause; whoever is to be begun after it, by the place among the children. */
  capture(): CapturedGroup | undefined {
    const { timers, clock } = this.#parent.host
    if (timers.remove(this.#pause)) this.#pauseMs = Math.max(minPauseMs, this.#pause.dueMs - clock.now())
    if (this.#toBegin.size === 0) return undefined
    const toBegin = [...this.#parent.children().entries()].flatMap(([index, child]) =>
      this.#toBegin.has(child) ? [index] : [],
    )
    return { toBegin, pauseMs: this.#pauseMs }
  }

  /** Takes up what `capture` gave; nothing happens before `resume`. */
  restore({ toBegin, pauseMs }: CapturedGroup): void {
    const children = this.#parent.children()
    for (const index of toBegin) {
      const child = children[index]
      if (child !== undefined) this.#toBegin.add(child)
    }
    this.#pauseMs = pauseMs
  }

  /** Goes on after `capture` or `restore`. */
  resume(): void {
    this.#advance()
  }

  /** Forgets everything: there are no children any more. */
  clear(): void {
    this.#parent.host.timers.remove(this.#pause)
    this.#pauseMs = 0
    this.#causes.length = 0
    this.#toHalt = []
    this.#toDrop.clear()
    this.#toBegin.clear()
    this.#line = undefined
  }

  #advance(): void {
    if (this.#isAdvancing) return
    this.#isAdvancing = true
    while (!this.#isStepping && this.#next());
    this.#isAdvancing = false
    if (!this.#isStepping) this.#parent.wake()
  }

  /** Begins the next step; false if there is none to be done now. */
  #next(): boolean {
    const next = this.#nextToHalt()
    if (next !== undefined) {
      this.#halt(next)
      return true
    }
    if (this.#isPausing()) return false
    const cell = this.#nextToBegin()
    if (cell === undefined) return false
    this.#begin(cell)
    return true
  }

  /** Begins the pause that is due, if any, and says whether one is on. */
  #isPausing(): boolean {
    const { timers, clock } = this.#parent.host
    if (this.#pauseMs > 0) timers.add(this.#pause, clock.now() + this.#pauseMs)
    this.#pauseMs = 0
    return this.#pause.heapIndex >= 0
  }

  #stepped(): void {
    this.#isStepping = false
    this.#advance()
  }

  #halt(next: Halting): void {
    const { cell, exit, by } = next
    const isHalting = (cell.flags & halting) !== 0
    const isDown = (cell.flags & down) !== 0 && !isHalting
    if ((cell.flags & ended) !== 0 || (isDown && (by === 'sibling' || by === 'order'))) return
    this.#isStepping = true
    // Whoever ends by itself at the same time is waited for; what follows its end is decided there.
    if (isHalting) cell.rareIfAny?.halt?.after(() => this.#stepped())
    else {
      halt(cell, exit, (how) => {
        this.#halted(next, how)
        this.#stepped()
      })
    }
  }

  #nextToHalt(): Halting | undefined {
    const cause = this.#causes.shift()
    if (cause !== undefined) return cause
    const cell = this.#toHalt.pop()
    return cell === undefined ? undefined : { cell, exit: STOPPED, by: 'sibling' }
  }

  #halted(next: Halting, how: Exit): void {
    const { cell } = next
    if (this.#toDrop.delete(cell)) {
      // Collateral: it matters to nobody that it has ended.
      cell.flags |= ordered
      finish(cell, how)
    } else this.#supervisor.halted(next, how)
  }

  #nextToBegin(): Cell | undefined {
    if (this.#toBegin.size === 0) return undefined
    if ((this.#parent.flags & (down | halting | ended)) !== 0) {
      this.#toBegin.clear()
      return undefined
    }
    this.#line ??= this.#parent
      .children()
      .filter((child) => this.#toBegin.has(child))
      .toReversed()
    const cell = this.#line.pop()
    if (cell === undefined) this.#toBegin.clear()
    else this.#toBegin.delete(cell)
    return cell
  }

  #begin(cell: Cell): void {
    if ((cell.flags & (ended | halting | down)) !== down) return
    this.#isStepping = true
    this.#supervisor.beginning(cell)
    const { host } = cell
    const whenBegun: WhenBegun = (result) => {
      if (result === 'begun') this.#stepped()
      // Not before the decision, and never deeper into the stack: a child that fails at each start would otherwise fill it.
      else host.clock.later(() => this.#stepped())
    }
    besideMessages(host, () => begin(cell, whenBegun))
  }
}
