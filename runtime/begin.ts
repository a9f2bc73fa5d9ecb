// The begin of a life: state from its factory, then the `started` hook, then the mail.
import { busy, closed, committing, down, halting, starting } from './cell-flags.ts'
import { Fault } from './fault.ts'
import { endDurableLife } from './durable/durable-life.ts'
import { recoverLife } from './durable/recovery.ts'
import { isThenable, whenSettled } from './thenable.ts'
import type { Cell, WhenBegun } from './cell.ts'
import type { Directive } from './supervision.ts'

/**
 * Starts a life. With `whenBegun` the caller may see to a failed start itself; without it that goes to the supervisor, where it counts
 * like any failure.
 */
export function begin(cell: Cell, whenBegun?: WhenBegun): void {
  const { host } = cell
  const { spec } = cell.definition
  cell.life++
  cell.behaviour = cell.definition.on
  cell.flags &= ~(down | closed | committing)
  if (cell.definition.isDurable) {
    awaitStart(cell, recoverLife(cell), whenBegun)
    return
  }
  let result: unknown
  let isAsync = false
  host.hooks++
  try {
    cell.state = spec.state?.(...cell.args)
    cell.self = host.makeSelf(cell)
    result = spec.started?.(cell.self)
    isAsync = isThenable(result)
  } catch (error) {
    host.hooks--
    beginFailed(cell, error, whenBegun)
    return
  }
  host.hooks--
  // `isThenable` has seen it.
  if (isAsync) awaitStart(cell, result as PromiseLike<unknown>, whenBegun)
  else begun(cell, whenBegun)
}

function awaitStart(cell: Cell, result: PromiseLike<unknown>, whenBegun: WhenBegun | undefined): void {
  cell.flags |= busy | starting
  cell.busySinceMs = cell.host.scheduler.recordMs
  const { life } = cell
  cell.rare.whenBegun = whenBegun
  const settle = (): boolean => {
    if (cell.life !== life) return false
    cell.flags &= ~(busy | starting)
    cell.rare.whenBegun = undefined
    return true
  }
  whenSettled(
    result,
    () => {
      if (!settle()) return
      begun(cell, whenBegun)
      ranIdle(cell)
    },
    (error) => {
      if (settle()) beginFailed(cell, error, whenBegun)
    },
  )
}

function begun(cell: Cell, whenBegun: WhenBegun | undefined): void {
  if (cell.definition.spec.started !== undefined) cell.host.events.emit('started', cell)
  cell.wake()
  whenBegun?.('begun')
}

function beginFailed(cell: Cell, error: unknown, whenBegun: WhenBegun | undefined): void {
  const { host } = cell
  const fault = Fault.wrap(error, 'start-failed', `Cannot start "${cell.path}"`)
  // Who never started has nothing to stop: the hook is not run.
  cell.self?.expire()
  cell.self = undefined
  endDurableLife(cell)
  cell.rare.lastFault = fault
  if ((cell.flags & (down | halting)) !== 0) {
    // Its end was decided while it started; this changes nothing more.
    host.events.emit('failed-ending', cell, fault)
    ranIdle(cell)
    whenBegun?.('abandoned')
    return
  }
  cell.flags |= down
  host.events.emit('failed', cell, fault)
  if (whenBegun?.(fault) === true) return
  host.supervision.failed(cell, fault, afterFailedStart(cell, error, fault))
}

/** A start cannot be gone on with, and what is damaged does not mend itself. */
function afterFailedStart(cell: Cell, error: unknown, fault: Fault): Directive {
  if (fault.code === 'journal-damaged') return 'stop'
  const directive = cell.host.supervision.directive(cell, error)
  return directive === 'resume' ? 'restart' : directive
}

/** Goes on with a halt that waits for the running handler or hook; says whether one did. */
export function ranIdle(cell: Cell): boolean {
  const waiting = cell.rareIfAny?.whenIdle
  if (waiting === undefined) return false
  cell.rare.whenIdle = undefined
  waiting()
  return true
}
