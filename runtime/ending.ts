// Ending: how actors stop, are killed and go for good.
import {
  busy,
  closed,
  doomed,
  down,
  ended,
  halting,
  ordered,
  paused,
  restless,
  starting,
  suspended,
} from './cell-flags.ts'
import { Deadline } from './deadline.ts'
import { isAbnormal, KILLED, STOPPED } from './exit.ts'
import { abandon, clear, Halt } from './halt.ts'
import { afterCode } from './hook.ts'
import { refuseOffers } from './offer.ts'
import { deathFault, drop } from './router.ts'
import { announceEnd, whenEnded } from './watches.ts'
import type { Cell } from './cell.ts'
import type { DeadReason } from './dead-letters.ts'
import type { EventKind } from './event-log.ts'
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
    stopChild,
    killChild: killForGood,
    done,
  }).run()
}

function stopChild(child: Cell): void {
  stopForGood(child, STOPPED)
}

/** Nothing runs, nobody lives below and no hook is to be run. */
function isSimple(cell: Cell): boolean {
  if ((cell.flags & (busy | halting)) !== 0 || cell.firstChild !== undefined) return false
  return cell.definition.spec.stopping === undefined || cell.self === undefined
}

/**
 * Takes no more mail; ends once the mail accepted so far is handled. The supervisor's restart type then decides; if that asks for no
 * further life after a stop, there is none however this one ends.
 */
export function requestStop(cell: Cell): void {
  const { flags, host } = cell
  if ((flags & (closed | ended)) !== 0) return
  if ((flags & down) !== 0) {
    afterCode(host, () => host.supervision.stopDown(cell))
    return
  }
  if (cell.rareIfAny !== undefined) cell.rare.exit = STOPPED
  cell.flags |= closed
  cell.wake()
}

/** Ends an actor by order from above: after its mail, within its shutdown time, never to be started again. */
export function stopForGood(cell: Cell, exit: Exit, done?: (exit: Exit) => void): void {
  if ((cell.flags & ended) !== 0) {
    done?.(cell.rareIfAny?.exit ?? exit)
    return
  }
  if (done !== undefined) whenEnded(cell, done)
  if (cell.isOrdered) return
  if (exit !== STOPPED || cell.rareIfAny !== undefined) cell.rare.exit = exit
  cell.flags = (cell.flags | closed | ordered) & ~suspended
  // A halt that is under way already finds the order when it is done.
  if ((cell.flags & halting) !== 0) return
  if ((cell.flags & down) !== 0) {
    halt(cell, exit, (how) => finish(cell, how))
    return
  }
  if (isIdle(cell) || (isStarting(cell) && cell.spec.shutdownMs === Infinity)) {
    endLife(cell)
    return
  }
  startShutdown(cell)
  cell.wake()
}

function isIdle(cell: Cell): boolean {
  const isRunning = (cell.flags & busy) !== 0 || cell.host.current?.to === cell
  return !isRunning && cell.mailbox.isEmpty && cell.signals === undefined
}

function isStarting(cell: Cell): boolean {
  return (cell.flags & starting) !== 0
}

/** Ends the life of a closed cell whose mail is done. */
export function endLife(cell: Cell): void {
  endBy(cell, cell.rareIfAny?.exit ?? STOPPED)
}

/** Ends an actor after the code that runs now; its restart type decides what follows. Who is between two lives has none to lose. */
export function kill(cell: Cell): void {
  if ((cell.flags & (ended | doomed)) !== 0) return
  // Until then it handles no further message.
  cell.flags |= doomed
  afterCode(cell.host, () => {
    cell.flags &= ~doomed
    killNow(cell)
  })
}

function killNow(cell: Cell): void {
  const underWay = cell.rareIfAny?.halt
  if (underWay !== undefined) {
    underWay.cut()
    return
  }
  if ((cell.flags & ended) !== 0 || ((cell.flags & down) !== 0 && !cell.isOrdered)) return
  // From now on nobody below is started again: the end of one child may be what the others have waited for.
  cell.flags |= down
  abandon(cell)
  for (const child of cell.children().toReversed()) killForGood(child)
  endBy(cell, KILLED)
}

/** Ends an actor and all below it at once, without hooks and for good. */
export function killForGood(cell: Cell): void {
  if ((cell.flags & ended) !== 0) return
  cell.flags |= ordered
  killNow(cell)
}

function endBy(cell: Cell, exit: Exit): void {
  if (isSimple(cell)) {
    cell.flags |= down
    clear(cell)
    settleEnd(cell, exit)
  } else haltAndSettle(cell, exit)
}

// Apart, because a function that makes a closure pays for it also where it does not come to that.
function haltAndSettle(cell: Cell, exit: Exit): void {
  halt(cell, exit, (how) => settleEnd(cell, how))
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
  whenEnded(cell, () => host.timers.remove(deadline))
}

/** The cell is gone: its mail dies, its name is free, its watchers hear, in this order. @param kind the event that says so */
export function finish(cell: Cell, exit: Exit, kind: EventKind = endKind(exit)): void {
  if ((cell.flags & ended) !== 0) return
  const { host, parent } = cell
  cell.flags |= ended | closed | down
  if (isAbnormal(exit) || cell.rareIfAny !== undefined) cell.rare.exit = exit
  cancelNextStart(cell)
  buryMail(cell, exit)
  parent?.unlink(cell)
  if (cell.hasName) host.registry.delete(cell.path)
  const { totals } = host
  // The guardian is no actor: nobody spawned it.
  if (parent !== undefined) totals.actors--
  totals.accepted += cell.accepted
  totals.handled += cell.handled
  if (cell.rareIfAny !== undefined) for (const count of cell.rare.dead.values()) totals.deadInCells += count
  host.events.emit(kind, cell, exit)
  announceEnd(cell, exit)
  if (parent !== undefined) host.supervision.gone(parent, cell, exit)
  const listeners = cell.rareIfAny?.whenEnded
  if (listeners !== undefined) {
    cell.rare.whenEnded = undefined
    for (const hear of listeners) hear(exit)
  }
  if ((cell.flags & (paused | restless)) !== 0) host.pauses?.stirred(cell)
}

function endKind({ cause }: Exit): EventKind {
  return cause === 'killed' ? 'killed' : 'stopped'
}

/** Takes back the begin that a cell waits for. */
export function cancelNextStart(cell: Cell): void {
  const rare = cell.rareIfAny
  if (rare?.nextStart === undefined) return
  cell.host.timers.remove(rare.nextStart)
  rare.nextStart = undefined
  rare.nextStartMs = undefined
}

function buryOffers(cell: Cell, reason: DeadReason): void {
  refuseOffers(cell, () => deathFault({ to: cell, name: 'offer' }, reason))
}

function buryMail(cell: Cell, exit: Exit): void {
  const reason: DeadReason =
    exit.cause === 'killed' ? 'actor-killed' : exit.cause === 'failed' ? 'actor-failed' : 'actor-stopped'
  for (let mail = cell.mailbox.shift(); mail !== undefined; mail = cell.mailbox.shift())
    drop(cell, mail, reason)
  if (cell.rareIfAny?.offers !== undefined) buryOffers(cell, reason)
}
