// The begin of a life: state from its factory, then the `started` hook, then the mail.
import { busy, closed, down } from './cell.ts'
import { Fault } from './fault.ts'
import { isThenable } from './thenable.ts'
import type { Cell, WhenBegun } from './cell.ts'


/**
 * Starts a life. With `whenBegun` the caller decides what follows a failed start; without it that goes to the supervisor, where it
 * counts like any failure.
 */
export function begin(cell: Cell, whenBegun?: WhenBegun): void {
  const { spec } = cell.definition
  cell.life++
  cell.behaviour = cell.definition.on
  cell.flags &= ~(down | closed)
  try {
    cell.state = spec.state?.(...cell.args)
    cell.self = cell.host.makeSelf(cell)
    if (spec.started !== undefined) {
      const result: unknown = spec.started(cell.self)
      if (isThenable(result)) {
        awaitStart(cell, result, whenBegun)
        return
      }
      cell.host.events.emit('started', cell)
    }
  } catch (error) {
    beginFailed(cell, error, whenBegun)
    return
  }
  begun(cell, whenBegun)
}

function awaitStart(cell: Cell, result: PromiseLike<unknown>, whenBegun: WhenBegun | undefined): void {
  cell.flags |= busy
  const { life } = cell
  cell.rare.whenBegun = whenBegun
  Promise.resolve(result).then(
    () => {
      if (cell.life !== life) return
      cell.flags &= ~busy
      cell.host.events.emit('started', cell)
      cell.rare.whenBegun = undefined
      begun(cell, whenBegun)
      ranIdle(cell)
    },
    (error: unknown) => {
      if (cell.life !== life) return
      cell.flags &= ~busy
      cell.rare.whenBegun = undefined
      beginFailed(cell, error, whenBegun)
    },
  )
}

function begun(cell: Cell, whenBegun: WhenBegun | undefined): void {
  cell.wake()
  whenBegun?.('begun')
}

function beginFailed(cell: Cell, error: unknown, whenBegun: WhenBegun | undefined): void {
  const fault = Fault.wrap(error, 'start-failed', `Cannot start "${cell.path}"`)
  cell.flags |= down
  // Who never started has nothing to stop: the hook is not run.
  cell.self?.expire()
  cell.self = undefined
  cell.rare.lastFault = fault
  cell.host.events.emit('failed', cell, fault)
  const wasHalting = ranIdle(cell)
  if (whenBegun !== undefined) whenBegun(fault)
  else if (!wasHalting) cell.host.supervision.failed(cell, fault, 'restart')
}

/** Goes on with a halt that waits for the running handler or hook; says whether one did. */
export function ranIdle(cell: Cell): boolean {
  const waiting = cell.rareIfAny?.whenIdle
  if (waiting === undefined) return false
  cell.rare.whenIdle = undefined
  waiting()
  return true
}
