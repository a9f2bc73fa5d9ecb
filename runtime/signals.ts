// Signals: how an actor hears what comes before its messages, that somebody has ended or that it is to have a new life.
import { ranIdle } from './begin.ts'
import { busy, committing, deaf, down, halting } from './cell-flags.ts'
import { inContextOf } from './context.ts'
import { Envelope } from './envelope.ts'
import { Fault } from './fault.ts'
import { runHook } from './hook.ts'
import { isThenable, whenSettled } from './thenable.ts'
import type { Cell, Signal } from './cell.ts'

/** Hears at most `budget` signals; returns how many. */
export function takeSignals(cell: Cell, budget: number): number {
  let count = 0
  while (count < budget && cell.signals !== undefined && (cell.flags & deaf) === 0) {
    const { signals } = cell
    const signal = signals.shift()
    // What ends the life takes the lane away, and a hook may fill a new one.
    if (signals.isEmpty && cell.signals === signals) cell.signals = undefined
    if (signal === undefined) break
    count++
    takeSignal(cell, signal)
  }
  return count
}

function takeSignal(cell: Cell, signal: Signal): void {
  switch (signal.type) {
    case 'restart':
      cell.host.supervision.restart(cell)
      return
    case 'down':
      hearDown(cell, signal)
  }
}

function hearDown(cell: Cell, signal: Signal & { type: 'down' }): void {
  const { self, host } = cell
  const hook = cell.definition.spec.down
  if (signal.watched !== undefined) cell.rareIfAny?.watching?.delete(signal.watched)
  if (hook === undefined || self === undefined || (cell.flags & down) !== 0) return
  let result: unknown
  let isAsync = false
  try {
    const run = (): unknown => hook.call(cell.definition.spec, self, signal.ref, signal.exit)
    result = runHook(host, cell.rareIfAny?.durable === undefined ? run : () => asOwn(cell, self, run))
    isAsync = isThenable(result)
  } catch (error) {
    if ((cell.flags & committing) === 0) downFailed(cell, error)
    else awaitDown(cell, written(cell, { error }))
    return
  }
  if (!isAsync && (cell.flags & committing) !== 0) {
    awaitDown(cell, written(cell))
    return
  }
  // `isThenable` has seen it.
  if (isAsync) awaitDown(cell, result as PromiseLike<unknown>)
}

/** What a durable actor's hook sends comes from this actor. */
function asOwn(cell: Cell, self: unknown, run: () => unknown): unknown {
  return inContextOf(new Envelope(cell, 'down', undefined, undefined, undefined), run, self)
}

/** A hook is over when all that it has written is safe. */
async function written(cell: Cell, failure?: { readonly error: unknown }): Promise<void> {
  await cell.rareIfAny?.durable?.settle(failure !== undefined)
  if (failure !== undefined) throw failure.error
}

function awaitDown(cell: Cell, result: PromiseLike<unknown>): void {
  cell.flags |= busy
  cell.busySinceMs = cell.host.scheduler.recordMs
  const { life } = cell
  const settle = (error?: { readonly thrown: unknown }): void => {
    if (cell.life !== life) return
    if ((cell.flags & committing) !== 0 && cell.rareIfAny?.durable?.spoilt === undefined) {
      awaitDown(cell, written(cell, error === undefined ? undefined : { error: error.thrown }))
      return
    }
    cell.flags &= ~busy
    if (error !== undefined) downFailed(cell, error.thrown)
    if (!ranIdle(cell)) cell.wake()
  }
  whenSettled(
    result,
    () => settle(),
    (thrown) => settle({ thrown }),
  )
}

function downFailed(cell: Cell, error: unknown): void {
  const { host } = cell
  const fault = Fault.wrap(error, 'hook-failed', `Cannot run the down hook of "${cell.path}"`)
  const directive = host.supervision.directive(cell, error)
  if ((cell.flags & (down | halting)) !== 0 || directive === 'resume') {
    host.events.emit('hook-failed', cell, fault)
    return
  }
  cell.rare.lastFault = fault
  host.events.emit('failed', cell, fault)
  cell.flags |= down
  host.supervision.failed(cell, fault, directive)
}
