// A supervisor: looks after the children of one life of an actor; the strategies answer, this acts.
import { begin } from '../runtime/begin.ts'
import { closed, down, ended, halting } from '../runtime/cell-flags.ts'
import { Deadline } from '../runtime/deadline.ts'
import { cancelNextStart, finish, halt, requestStop } from '../runtime/ending.ts'
import { failedExit, STOPPED } from '../runtime/exit.ts'
import { Fault } from '../runtime/fault.ts'
import { besideMessages } from '../runtime/hook.ts'
import { backoffDelay, nextAttempt } from './backoff.ts'
import { RestartGroup } from './restart-group.ts'
import { RestartWindow } from './restart-window.ts'
import { restarts } from './restart-type.ts'
import { shutsDown } from './significance.ts'
import { affected } from './strategy.ts'
import type { Cell } from '../runtime/cell.ts'
import type { Exit } from '../runtime/exit.ts'
import type { Halted } from '../runtime/event-log.ts'
import type { SupervisionSpec } from '../runtime/supervision.ts'
import type { CapturedGroup, Halting } from './restart-group.ts'

/** What is remembered of a child that has been restarted. */
interface ChildRecord {
  attempt: number
  begunMs: number
  readonly window: RestartWindow
}

/** Whether an end calls for another life. A stop that somebody has asked for stands, however the life ends. */
export function comesBack(cell: Cell, exit: Exit): boolean {
  const { flags, parent, spec } = cell
  if (cell.isOrdered || parent === undefined || (parent.flags & (down | halting | ended)) !== 0) return false
  return restarts(spec.restart, (flags & closed) === 0 ? exit : STOPPED)
}

/** What is remembered of one child as plain data; times are ages in milliseconds. */
export interface CapturedChild {
  readonly attempt: number
  /** Since it was begun last. */
  readonly upMs: number
  /** Of its restarts, the oldest first. */
  readonly agesMs: readonly number[]
}

/** What a supervisor remembers of all its children together. */
export interface CapturedSupervisor {
  readonly agesMs: readonly number[]
  readonly group: CapturedGroup | undefined
}

/** Passes on what is too much for a supervisor: `child` is ended with `exit`, and the failure is its parent's own. */
export type Escalate = (child: Cell, exit: Exit, fault: Fault) => void

export class Supervisor {
  readonly spec: SupervisionSpec
  readonly #parent: Cell
  readonly #escalate: Escalate
  #window: RestartWindow
  readonly #records = new Map<Cell, ChildRecord>()
  #group: RestartGroup | undefined = undefined

  constructor(parent: Cell, spec: SupervisionSpec, escalate: Escalate) {
    this.#parent = parent
    this.spec = spec
    this.#escalate = escalate
    this.#window = new RestartWindow(spec)
  }

  /** A child is down because it has failed: starts it again, with those whom the strategy takes along, or ends it for good. */
  failed(cell: Cell, fault: Fault): void {
    const exit = failedExit(fault)
    if (!comesBack(cell, exit)) this.end(cell, exit)
    else if (this.#isExhausted(cell)) this.#giveUp(cell, fault)
    else this.#restart({ cell, exit, by: 'failure' })
  }

  /** A child that comes back has ended its life by itself or by a kill, and is cleared away. */
  ended(cell: Cell, exit: Exit): void {
    tellHalted(cell, { by: 'itself', exit })
    if (this.#isExhausted(cell)) this.#giveUp(cell, undefined)
    else this.#restart({ cell, exit, by: 'itself' })
  }

  /** Ends a child for good. */
  end(cell: Cell, exit: Exit): void {
    // A halt that is under way is an end already, or finds out that there is nobody to begin again.
    if ((cell.flags & (halting | ended)) === 0) halt(cell, exit, (how) => finish(cell, how))
  }

  /** A new life by order: counts for nothing and concerns nobody else. Who waits for a new life has it now. */
  restartByOrder(cell: Cell): void {
    if ((cell.flags & (halting | ended)) !== 0) return
    if ((cell.flags & down) === 0) this.#restartAs({ cell, exit: STOPPED, by: 'order' }, [cell], 0)
    else if (cell.rareIfAny?.nextStart !== undefined) this.#beginAgain(cell)
    else this.#group?.hurry()
  }

  /** Somebody asks a child to stop that is between two lives: it has no further one, unless it comes back from each stop. */
  stopDown(cell: Cell): void {
    if ((cell.flags & down) === 0) requestStop(cell)
    else if (!restarts(cell.spec.restart, STOPPED)) {
      cell.flags |= closed
      this.end(cell, STOPPED)
    }
  }

  /** What there is to know of a child's restarts: those in the window that counts for it, and its last attempt under backoff, from 1. */
  outlook(cell: Cell): { readonly restartsAt: readonly number[]; readonly attempt: number } {
    const record = this.#records.get(cell)
    const window = this.spec.budget === 'each' ? record?.window : this.#window
    return { restartsAt: window?.restartsAt() ?? [], attempt: record?.attempt ?? 0 }
  }

  /** Whether a group is at a step that has to end before anything else can happen. */
  get isActing(): boolean {
    return this.#group?.isStepping === true
  }

  /** What concerns all children, with times as ages; undefined if nothing has happened. Stops the pause of a group. */
  capture(): CapturedSupervisor | undefined {
    const nowMs = this.#parent.host.clock.now()
    const agesMs = agesOf(this.#window, nowMs)
    const group = this.#group?.capture()
    return agesMs.length === 0 && group === undefined ? undefined : { agesMs, group }
  }

  restore({ agesMs, group }: CapturedSupervisor): void {
    this.#window = this.#windowOf(agesMs)
    if (group === undefined) return
    this.#group = this.#newGroup()
    this.#group.restore(group)
  }

  /** Goes on with the pause of a group after `capture` or `restore`. */
  resume(): void {
    this.#group?.resume()
  }

  /** What is remembered of one child, with times as ages. */
  captureChild(cell: Cell): CapturedChild | undefined {
    const record = this.#records.get(cell)
    if (record === undefined) return undefined
    const nowMs = this.#parent.host.clock.now()
    return { attempt: record.attempt, upMs: nowMs - record.begunMs, agesMs: agesOf(record.window, nowMs) }
  }

  restoreChild(cell: Cell, { attempt, upMs, agesMs }: CapturedChild): void {
    const begunMs = this.#parent.host.clock.now() - upMs
    this.#records.set(cell, { attempt, begunMs, window: this.#windowOf(agesMs) })
  }

  #windowOf(agesMs: readonly number[]): RestartWindow {
    const nowMs = this.#parent.host.clock.now()
    return new RestartWindow(
      this.spec,
      agesMs.map((ageMs) => nowMs - ageMs),
    )
  }

  /** A child has gone: the record goes with it, and a significant one may take its supervisor along. */
  gone(cell: Cell): void {
    const parent = this.#parent
    this.#records.delete(cell)
    if (parent.childCount === 0) this.#group?.clear()
    if (!cell.spec.significant || cell.isOrdered || (parent.flags & (down | ended)) !== 0) return
    let left = parent.firstChild
    while (left !== undefined && !left.spec.significant) left = left.next
    if (shutsDown(this.spec.autoShutdown, true, left === undefined ? 0 : 1)) requestStop(parent)
  }

  /** Spends one restart. A backoff bounds the restarts of its child by itself, and without an end. */
  #isExhausted(cell: Cell): boolean {
    if (cell.spec.backoff !== undefined) return false
    const window = this.spec.budget === 'each' ? this.#record(cell).window : this.#window
    return window.spend(this.#parent.host.clock.now())
  }

  #restart(cause: Halting): void {
    const { cell } = cause
    const delayMs = this.#delayFor(cell)
    this.#restartAs(cause, this.spec.strategy === 'one-for-one' ? [cell] : this.#parent.children(), delayMs)
  }

  /** @param siblings whom the strategy may take along */
  #restartAs(cause: Halting, siblings: readonly Cell[], delayMs: number): void {
    if (this.spec.strategy === 'one-for-one') {
      this.#restartOne(cause, delayMs)
      return
    }
    const facts = siblings.map(({ flags, spec }) => ({
      restart: spec.restart,
      // Who ends just now has to be waited for.
      alive: (flags & down) === 0 || (flags & halting) !== 0,
    }))
    const plan = affected(this.spec.strategy, facts, siblings.indexOf(cause.cell))
    const cells = (indices: readonly number[]): Cell[] => indices.flatMap((index) => siblings[index] ?? [])
    this.#group ??= this.#newGroup()
    if (delayMs > 0) cause.cell.rare.nextStartMs = this.#parent.host.clock.now() + delayMs
    this.#group.restart(
      { cause, halt: cells(plan.halt), begin: cells(plan.begin), drop: cells(plan.drop) },
      delayMs,
    )
  }

  #newGroup(): RestartGroup {
    return new RestartGroup(this.#parent, {
      halted: (next, how) => void this.#isGone(next, how),
      beginning: (child) => this.#beginning(child),
    })
  }

  #restartOne(cause: Halting, delayMs: number): void {
    const { cell, exit } = cause
    // A start that failed is tried again from the event loop, so that it can fail for ever without filling the stack.
    const hasNeverLived = cell.self === undefined
    halt(cell, exit, (how) => {
      if (this.#isGone(cause, how)) return
      if (delayMs > 0 || hasNeverLived) this.beginLater(cell, delayMs)
      else this.#beginAgain(cell)
    })
  }

  /** Ends a child whose life is over if somebody has asked for that while it was halted. */
  #isGone({ cell, exit, by }: Halting, how: Exit): boolean {
    const isStopWanted = (cell.flags & closed) !== 0 && !restarts(cell.spec.restart, STOPPED)
    if (cell.isOrdered || isStopWanted) {
      finish(cell, how.cause === 'killed' ? how : STOPPED)
      return true
    }
    if (by === 'sibling' || by === 'order')
      tellHalted(cell, { by, exit: how.cause === 'killed' ? how : exit })
    return false
  }

  /** Begins the next life of a child after a while, at the earliest in the next turn of the event loop. */
  beginLater(cell: Cell, delayMs: number): void {
    const { host, rare } = cell
    const deadline = new Deadline(() => this.#beginAgain(cell))
    cancelNextStart(cell)
    rare.nextStart = deadline
    if (delayMs === 0) {
      host.clock.later(() => {
        if (rare.nextStart === deadline) deadline.due()
      })
      return
    }
    rare.nextStartMs = host.clock.now() + delayMs
    host.timers.add(deadline, rare.nextStartMs)
    cell.wake()
  }

  #beginAgain(cell: Cell): void {
    // Who waits for its own end begins nobody: that end takes the child along.
    if ((this.#parent.flags & (down | halting)) !== 0) return
    this.#beginning(cell)
    besideMessages(cell.host, () => begin(cell))
  }

  #beginning(cell: Cell): void {
    const { rare, host } = cell
    cancelNextStart(cell)
    rare.nextStartMs = undefined
    rare.restarts++
    rare.exit = undefined
    host.totals.restarts++
    const record = this.#records.get(cell)
    if (record !== undefined) record.begunMs = host.clock.now()
    host.events.emit('restarted', cell, rare.restarts)
  }

  #delayFor(cell: Cell): number {
    const policy = cell.spec.backoff
    if (policy === undefined) return 0
    const { host } = cell
    const record = this.#record(cell)
    const upMs = host.clock.now() - record.begunMs
    record.attempt = record.attempt === 0 ? 1 : nextAttempt(policy, record.attempt, upMs)
    const delayMs = backoffDelay(policy, record.attempt, host.random.next())
    host.events.emit('backoff', cell, { attempt: record.attempt, delayMs })
    return delayMs
  }

  #giveUp(cell: Cell, cause: Fault | undefined): void {
    const { intensity, periodMs, budget } = this.spec
    const fault = new Fault(
      'restarts-exhausted',
      `Cannot restart "${cell.path}": more than ${intensity} restarts within ${periodMs} ms`,
      {
        hint: 'Ask "why" for the failure behind it; mend that, or raise intensity or add a backoff.',
        details: { child: cell.path, intensity, periodMs },
        ...(cause === undefined ? {} : { cause }),
      },
    )
    // Its watchers hear that it failed; what the parent's end takes along was only stopped.
    const exit = failedExit(fault)
    if (budget === 'shared') {
      this.#escalate(cell, exit, fault)
      return
    }
    cell.host.events.emit('escalated', cell, fault)
    this.end(cell, exit)
  }

  #record(cell: Cell): ChildRecord {
    let record = this.#records.get(cell)
    if (record === undefined) {
      record = { attempt: 0, begunMs: 0, window: new RestartWindow(this.spec) }
      this.#records.set(cell, record)
    }
    return record
  }
}

function agesOf(window: RestartWindow, nowMs: number): number[] {
  return window.restartsAt().map((atMs) => nowMs - atMs)
}

function tellHalted(cell: Cell, detail: Halted): void {
  cell.host.events.emit('halted', cell, detail)
}
