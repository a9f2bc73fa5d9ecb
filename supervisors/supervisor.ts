// A supervisor: looks after the children of one actor; the strategies answer, this acts.
import { begin } from '../runtime/begin.ts'
import { down, ended, halting } from '../runtime/cell.ts'
import { Deadline } from '../runtime/deadline.ts'
import { finish, halt, isHalted, requestStop } from '../runtime/ending.ts'
import { failedExit, STOPPED } from '../runtime/exit.ts'
import { Fault } from '../runtime/fault.ts'
import { backoffDelay, nextAttempt } from './backoff.ts'
import { RestartGroup } from './restart-group.ts'
import { RestartWindow } from './restart-window.ts'
import { restarts } from './restart-type.ts'
import { shutsDown } from './significance.ts'
import { affected } from './strategy.ts'
import type { Cell } from '../runtime/cell.ts'
import type { Exit } from '../runtime/exit.ts'
import type { SupervisionSpec } from '../runtime/supervision.ts'

/** What is remembered of a child that has been restarted. */
interface ChildRecord {
  attempt: number
  begunMs: number
  readonly window: RestartWindow
}

/** How a supervisor passes on what is too much for it. */
export type Escalate = (cell: Cell, fault: Fault) => void

export class Supervisor {
  readonly spec: SupervisionSpec
  readonly #parent: Cell
  readonly #escalate: Escalate
  readonly #window: RestartWindow
  readonly #records = new Map<Cell, ChildRecord>()
  readonly #group: RestartGroup

  constructor(parent: Cell, spec: SupervisionSpec, escalate: Escalate) {
    this.#parent = parent
    this.spec = spec
    this.#escalate = escalate
    this.#window = new RestartWindow(spec)
    this.#group = new RestartGroup(parent, {
      beginning: (cell) => this.#beginning(cell),
      failed: (cell, fault) => this.restartOrGiveUp(cell, failedExit(fault), fault),
    })
  }

  /** A child is down or halted: starts it again, with those whom the strategy takes along, or ends it for good. */
  restartOrGiveUp(cell: Cell, exit: Exit, fault: Fault | undefined): void {
    if ((cell.flags & ended) !== 0) return
    const isParentEnding = (this.#parent.flags & (halting | ended)) !== 0
    if (isParentEnding || cell.isOrdered || !restarts(cell.spec.restart, exit)) {
      this.end(cell, exit)
      return
    }
    const window = this.spec.budget === 'each' ? this.#record(cell).window : this.#window
    if (window.spend(this.#parent.host.clock.now())) this.#giveUp(cell, fault)
    else this.#restart(cell, exit)
  }

  /** Ends a child for good. */
  end(cell: Cell, exit: Exit): void {
    if (isHalted(cell)) finish(cell, exit)
    else halt(cell, exit, (how) => finish(cell, how))
  }

  /** A new life by order: counts for nothing and concerns nobody else. */
  restartByOrder(cell: Cell): void {
    halt(cell, STOPPED, () => this.#beginAgain(cell))
  }

  /** A child has gone: the record goes with it, and a significant one may take its supervisor along. */
  gone(cell: Cell): void {
    this.#records.delete(cell)
    if (!cell.spec.significant || cell.isOrdered) return
    const left = this.#parent.children().filter((child) => child.spec.significant).length
    if (shutsDown(this.spec.autoShutdown, true, left)) requestStop(this.#parent)
  }

  #restart(cell: Cell, exit: Exit): void {
    const delayMs = this.#delayFor(cell)
    if (this.spec.strategy === 'one-for-one') {
      this.#restartOne(cell, exit, delayMs)
      return
    }
    const siblings = this.#parent.children()
    const facts = siblings.map((sibling) => ({
      restart: sibling.spec.restart,
      alive: (sibling.flags & (down | ended)) === 0,
    }))
    const plan = affected(this.spec.strategy, facts, siblings.indexOf(cell))
    const cells = (indices: readonly number[]): Cell[] => indices.flatMap((index) => siblings[index] ?? [])
    this.#group.restart(
      { cell, exit },
      { halt: cells(plan.halt), begin: cells(plan.begin), drop: cells(plan.drop) },
      delayMs,
    )
  }

  #restartOne(cell: Cell, exit: Exit, delayMs: number): void {
    // A start that failed is tried again from the event loop, so that it can fail for ever without filling the stack.
    const hasNeverLived = cell.self === undefined
    halt(cell, exit, () => {
      if (delayMs > 0) this.#waitToBegin(cell, delayMs)
      else if (hasNeverLived) cell.host.clock.later(() => this.#beginAgain(cell))
      else this.#beginAgain(cell)
    })
  }

  #waitToBegin(cell: Cell, delayMs: number): void {
    const { clock, timers } = cell.host
    timers.add(new Deadline(() => this.#beginAgain(cell)), clock.now() + delayMs)
  }

  #beginAgain(cell: Cell): void {
    if ((cell.flags & (ended | down | halting)) !== down) return
    if (cell.isOrdered) {
      finish(cell, STOPPED)
      return
    }
    this.#beginning(cell)
    begin(cell)
  }

  #beginning(cell: Cell): void {
    const { rare, host } = cell
    rare.restarts++
    rare.nextStartMs = undefined
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
    cell.rare.nextStartMs = host.clock.now() + delayMs
    host.events.emit('backoff', cell, { attempt: record.attempt, delayMs })
    return delayMs
  }

  #giveUp(cell: Cell, cause: Fault | undefined): void {
    const { intensity, periodMs } = this.spec
    const subject = this.spec.budget === 'each' ? cell : this.#parent
    const fault = new Fault(
      'restarts-exhausted',
      `Cannot restart "${cell.path}": more than ${intensity} restarts within ${periodMs} ms`,
      {
        hint: 'Ask "why" for the failure behind it; mend that, or raise intensity or add a backoff.',
        details: { child: cell.path, intensity, periodMs },
        ...(cause === undefined ? {} : { cause }),
      },
    )
    cell.host.events.emit('escalated', subject, fault)
    if (this.spec.budget === 'each') this.end(cell, failedExit(fault))
    else this.#escalate(this.#parent, fault)
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
