// A turn: what an actor does when it is its turn: signals first, then messages, one after the other, each to its end.
import { ranIdle } from './begin.ts'
import { blocked, busy, closed, committing, down, halting, restless, stashing, traced } from './cell-flags.ts'
import { inContextOf } from './context.ts'
import { endLife } from './ending.ts'
import { Fault } from './fault.ts'
import { admitOffers } from './offer.ts'
import { deathFault, drop } from './router.ts'
import { takeSignals } from './signals.ts'
import { putAside } from './stash.ts'
import { takeReserved } from './durable/take-reserved.ts'
import { isThenable, whenSettled } from './thenable.ts'
import type { Cell } from './cell.ts'
import type { Envelope, Origin, Outcome } from './envelope.ts'

/** Hears and handles at most `budget` signals and messages; returns how many. */
export function takeTurn(cell: Cell, budget: number): number {
  let count = 0
  for (;;) {
    if (cell.signals !== undefined) count += takeSignals(cell, budget - count)
    if ((cell.flags & blocked) !== 0) break
    const envelope = count < budget ? cell.mailbox.shift() : undefined
    if (envelope === undefined) {
      // With the budget spent as well: another turn, only to end, would keep it alive behind all that wait for theirs.
      if ((cell.flags & (closed | halting)) === closed && cell.mailbox.isEmpty) endLife(cell)
      break
    }
    count++
    handle(cell, envelope)
  }
  if (cell.rareIfAny?.offers !== undefined) admitOffers(cell)
  if ((cell.flags & restless) !== 0) cell.host.pauses?.stirred(cell)
  return count
}

function handle(cell: Cell, envelope: Envelope): void {
  const { host, self } = cell
  const { origin } = envelope
  if (origin !== undefined && !origin.wanted) {
    drop(cell, envelope, 'message-unwanted')
    return
  }
  const handler = cell.behaviour.find(envelope.name)
  if (handler === undefined || self === undefined) {
    handleUnknown(cell, envelope)
    return
  }
  let result: unknown
  host.current = envelope
  try {
    // Called as a function: the table is not its `this`, and a stack names it as its author did.
    const { run } = handler
    result = handler.isAsync ? inContextOf(envelope, run, self) : run(self, envelope.payload)
    if ((typeof result === 'object' || typeof result === 'function') && isThenable(result)) {
      host.current = undefined
      awaitHandler(cell, envelope, result)
      return
    }
  } catch (error) {
    host.current = undefined
    if ((cell.flags & committing) === 0) failed(cell, envelope, error)
    else awaitHandler(cell, envelope, settled(cell, envelope, { error }))
    return
  }
  host.current = undefined
  if ((cell.flags & (stashing | traced | committing)) !== 0) {
    if ((cell.flags & committing) !== 0) {
      awaitHandler(cell, envelope, settled(cell, envelope, { reply: result }))
      return
    }
    if (isAside(cell, envelope)) return
  }
  cell.handled++
  if (origin !== undefined) settle(cell, envelope, origin, result)
}

/** What no handler knows may be a word of the runtime. */
function handleUnknown(cell: Cell, envelope: Envelope): void {
  if (cell.self !== undefined && envelope.origin?.duty !== undefined) {
    const error = deathFault(envelope, 'message-unknown')
    awaitHandler(cell, envelope, settled(cell, envelope, { error }))
    return
  }
  if (cell.self === undefined || !envelope.name.startsWith('$')) {
    drop(cell, envelope, 'message-unknown')
    return
  }
  const taken = takeReserved(cell, envelope)
  if (taken === 'dropped') return
  if (taken !== 'taken') handle(cell, taken)
  else if ((cell.flags & committing) !== 0)
    awaitHandler(cell, envelope, settled(cell, envelope, { reply: undefined }))
  else cell.handled++
}

function awaitHandler(cell: Cell, envelope: Envelope, result: PromiseLike<unknown>): void {
  cell.flags |= busy
  cell.busySinceMs = cell.host.scheduler.recordMs
  cell.current = envelope
  const { life } = cell
  whenSettled(
    result,
    (reply) => {
      if (cell.life !== life) return
      if ((cell.flags & committing) === 0) resume(cell, envelope, reply)
      else awaitHandler(cell, envelope, settled(cell, envelope, { reply }))
    },
    (error) => {
      if (cell.life !== life) return
      if (isUnsettled(cell)) {
        awaitHandler(cell, envelope, settled(cell, envelope, { error }))
        return
      }
      cell.flags &= ~busy
      cell.current = undefined
      failed(cell, envelope, error)
      if (!ranIdle(cell)) cell.wake()
    },
  )
}

/** A handler is over when all that it has written is safe. */
async function settled(cell: Cell, envelope: Envelope, outcome: Outcome): Promise<unknown> {
  const duty = envelope.origin?.duty
  if (duty !== undefined) return await duty.ends(outcome)
  const hasFailed = 'error' in outcome
  await cell.rareIfAny?.durable?.settle(hasFailed)
  if (hasFailed) throw outcome.error
  return outcome.reply
}

/** A life that is spoilt ends with the fault at hand. */
function isUnsettled(cell: Cell): boolean {
  return (cell.flags & committing) !== 0 && cell.rareIfAny?.durable?.spoilt === undefined
}

function resume(cell: Cell, envelope: Envelope, reply: unknown): void {
  cell.flags &= ~busy
  cell.current = undefined
  if ((cell.flags & (stashing | traced)) === 0 || !isAside(cell, envelope)) {
    cell.handled++
    if (envelope.origin !== undefined) settle(cell, envelope, envelope.origin, reply)
  }
  if (!ranIdle(cell)) cell.wake()
}

function isAside(cell: Cell, envelope: Envelope): boolean {
  const isStashed = (cell.flags & stashing) !== 0
  cell.flags &= ~stashing
  if (isStashed) putAside(cell, envelope)
  if ((cell.flags & traced) !== 0) cell.host.traces.handled(cell, envelope, isStashed ? 'stashed' : 'handled')
  return isStashed
}

function settle(cell: Cell, envelope: Envelope, origin: Origin, reply: unknown): void {
  const flaw = cell.host.isStrict && origin.isAsk ? cell.host.flawOf(reply) : undefined
  if (flaw === undefined) origin.settle(reply)
  else {
    origin.refuse(
      new Fault(
        'payload-unencodable',
        `Cannot answer "${envelope.name}" from "${cell.path}": ${flaw.path} is ${flaw.what}`,
        {
          hint: 'Reply with plain data, refs, or a Fault.',
        },
      ),
    )
  }
}

/** A handler has thrown: the asker is told, the supervisor decides. */
function failed(cell: Cell, envelope: Envelope, error: unknown): void {
  const { host } = cell
  cell.flags &= ~stashing
  const isSpoilt = cell.rareIfAny?.durable?.spoilt !== undefined
  const directive = isSpoilt ? 'restart' : host.supervision.directive(cell, error)
  const fault = Fault.wrap(error, 'handler-failed', `Cannot handle "${envelope.name}" in "${cell.path}"`)
  envelope.origin?.duty?.failed(error, directive)
  if (directive === 'resume' && envelope.origin?.isAsk === true) {
    // An expected failure is an answer like any other.
    cell.handled++
    if ((cell.flags & traced) !== 0) host.traces.handled(cell, envelope, fault.code)
    envelope.origin.refuse(fault)
    return
  }
  if (directive === 'resume') {
    drop(cell, envelope, 'handler-failed', fault)
    return
  }
  // Down already: what came up from a child has been decided, and the halt follows or is under way.
  const isEnding = (cell.flags & (down | halting)) !== 0
  cell.rare.lastFault = fault
  host.events.emit(isEnding ? 'failed-ending' : 'failed', cell, fault)
  keepOrDrop(cell, envelope, fault)
  if (isEnding) return
  cell.flags |= down
  host.supervision.failed(cell, fault, directive)
}

/** A failing message is tried again in the next life as often as the definition says; then it is quarantined. */
function keepOrDrop(cell: Cell, envelope: Envelope, fault: Fault): void {
  const { triesMax } = cell.definition
  const duty = envelope.origin?.duty
  if (duty?.isPoisoned === true) {
    cell.host.events.emit('quarantined', cell, { message: envelope.name })
    drop(cell, envelope, 'message-poisoned', fault)
    return
  }
  if (triesMax === 1 || duty !== undefined) {
    drop(cell, envelope, 'handler-failed', fault)
    return
  }
  const { rare } = cell
  const tries = rare.failing?.envelope === envelope ? rare.failing.tries + 1 : 1
  if (tries < triesMax) {
    rare.failing = { envelope, tries }
    cell.mailbox.unshift(envelope)
    return
  }
  rare.failing = undefined
  cell.host.events.emit('quarantined', cell, { message: envelope.name, tries })
  drop(cell, envelope, 'message-poisoned', fault)
}
