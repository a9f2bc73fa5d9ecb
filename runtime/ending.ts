// Ending: how actors stop, are killed and go for good.
import { busy, closed, down, ended, halting, suspended } from './cell.ts'
import { Deadline } from './deadline.ts'
import { isAbnormal, KILLED, STOPPED } from './exit.ts'
import { abandon, clear, Halt } from './halt.ts'
import { refuseOffers } from './offer.ts'
import { deathFault, drop } from './router.ts'
import { announceEnd } from './watches.ts'
import type { Cell } from './cell.ts'
import type { DeadReason } from './dead-letters.ts'
import type { Exit } from './exit.ts'

/** Ends a life and calls `done` with how it really ended; the mail stays. */
export function halt(cell: Cell, exit: Exit, done: (exit: Exit) => void): void {
  if (isSimple(cell)) {
    cell.flags |= down
    clear(cell)
    done(exit)
    return
  }
  new Halt(cell, exit, {
    stopChild: (child, next) => stopForGood(child, STOPPED, () => next()),
    killChild: killForGood,
    done,
  }).run()
}

/** Nothing runs, nobody lives below and no hook is to be run. */
function isSimple(cell: Cell): boolean {
  if ((cell.flags & (busy | halting)) !== 0 || cell.firstChild !== undefined) return false
  return cell.definition.spec.stopping === undefined || cell.self === undefined
}

/** Down, with nothing left of its life. */
export function isHalted(cell: Cell): boolean {
  return (cell.flags & down) !== 0 && isSimple(cell)
}

/** Takes no more mail; ends once the mail accepted so far is handled. The supervisor's restart type then decides. */
export function requestStop(cell: Cell): void {
  if ((cell.flags & (closed | ended)) !== 0) return
  if (cell.rareIfAny !== undefined) cell.rare.exit = STOPPED
  if ((cell.flags & (down | halting)) === down) {
    // Between two lives there is no mail to wait for.
    settleEnd(cell, STOPPED)
    return
  }
  cell.flags |= closed
  cell.wake()
}

/** Ends an actor by order from above: after its mail, within its shutdown time, never to be started again. */
export function stopForGood(cell: Cell, exit: Exit, done?: (exit: Exit) => void): void {
  if ((cell.flags & ended) !== 0) {
    done?.(cell.rareIfAny?.exit ?? exit)
    return
  }
  const { rare } = cell
  if (done !== undefined) (rare.whenEnded ??= []).push(done)
  if (rare.isOrdered) return
  rare.isOrdered = true
  rare.exit = exit
  cell.flags = (cell.flags | closed) & ~suspended
  // A halt that is under way already finds the order when it is done.
  if ((cell.flags & halting) !== 0) return
  if ((cell.flags & down) !== 0) {
    halt(cell, exit, (how) => finish(cell, how))
    return
  }
  if ((cell.flags & busy) === 0 && cell.mailbox.isEmpty && cell.signals === undefined) {
    endLife(cell)
    return
  }
  startShutdown(cell)
  cell.wake()
}

/** Ends the life of a closed cell whose mail is done. */
export function endLife(cell: Cell): void {
  endBy(cell, cell.rareIfAny?.exit ?? STOPPED)
}

/** Ends an actor after the synchronous code that runs now; its restart type decides what follows. */
export function kill(cell: Cell): void {
  if ((cell.flags & ended) !== 0) return
  if (cell.host.current?.to === cell) cell.signal({ type: 'kill' })
  else killNow(cell)
}

/** The same, when none of the actor's code is on the stack. */
export function killNow(cell: Cell): void {
  if ((cell.flags & ended) !== 0) return
  const halt = cell.rareIfAny?.halt
  if (halt !== undefined) {
    halt.cut()
    return
  }
  const wasDown = (cell.flags & down) !== 0
  abandon(cell)
  for (const child of cell.children().toReversed()) killForGood(child)
  if (wasDown) settleEnd(cell, KILLED)
  else endBy(cell, KILLED)
}

/** Ends an actor and all below it at once, without hooks and for good. */
export function killForGood(cell: Cell): void {
  if ((cell.flags & ended) !== 0) return
  cell.rare.isOrdered = true
  killNow(cell)
}

function endBy(cell: Cell, exit: Exit): void {
  if (isSimple(cell)) {
    cell.flags |= down
    clear(cell)
    settleEnd(cell, exit)
  } else halt(cell, exit, (how) => settleEnd(cell, how))
}

function settleEnd(cell: Cell, exit: Exit): void {
  if ((cell.flags & ended) !== 0) return
  if (cell.rareIfAny !== undefined) cell.rare.exit = exit
  if (cell.isOrdered) finish(cell, exit)
  else cell.host.supervision.ended(cell, exit)
}

function startShutdown(cell: Cell): void {
  const { host, spec } = cell
  if (spec.shutdownMs === Infinity) return
  const deadline = new Deadline(() => killForGood(cell))
  host.timers.add(deadline, host.clock.now() + spec.shutdownMs)
  const { rare } = cell
  ;(rare.whenEnded ??= []).push(() => host.timers.remove(deadline))
}

/** The cell is gone: its mail dies, its name is free, its watchers hear, in this order. */
export function finish(cell: Cell, exit: Exit): void {
  if ((cell.flags & ended) !== 0) return
  const { host, parent } = cell
  cell.flags |= ended | closed | down
  if (isAbnormal(exit) || cell.rareIfAny !== undefined) cell.rare.exit = exit
  buryMail(cell, exit)
  parent?.unlink(cell)
  if (typeof cell.key === 'string') host.registry.delete(cell.path)
  const { totals } = host
  totals.actors--
  totals.accepted += cell.accepted
  totals.handled += cell.handled
  for (const count of cell.rareIfAny?.dead.values() ?? []) totals.deadInCells += count
  host.events.emit(exit.cause === 'killed' ? 'killed' : 'stopped', cell, exit)
  announceEnd(cell, exit)
  const whenEnded = cell.rareIfAny?.whenEnded
  if (whenEnded !== undefined) {
    cell.rare.whenEnded = undefined
    for (const hear of whenEnded) hear(exit)
  }
  if (parent !== undefined) host.supervision.gone(parent, cell, exit)
}

function buryMail(cell: Cell, exit: Exit): void {
  const reason: DeadReason =
    exit.cause === 'killed' ? 'actor-killed' : exit.cause === 'failed' ? 'actor-failed' : 'actor-stopped'
  for (let mail = cell.mailbox.shift(); mail !== undefined; mail = cell.mailbox.shift()) drop(cell, mail, reason)
  refuseOffers(cell, () => deathFault({ to: cell, name: 'offer' }, reason))
}
