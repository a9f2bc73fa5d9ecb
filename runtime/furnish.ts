// The furnishing of a cell: what was captured of an actor goes into the cell that has its place.
import { keysPerThread } from './cell.ts'
import { closed, down, paused, suspended } from './cell-flags.ts'
import { countCell } from './departure.ts'
import { restoreDurable } from './durable/recovery.ts'
import { inboxOf } from './durable/inbox.ts'
import { Envelope } from './envelope.ts'
import { Fault } from './fault.ts'
import { refOf } from './ref.ts'
import { restoreTick } from './tick.ts'
import { watchCell, watchFar } from './watches.ts'
import type { Ref } from './actor.ts'
import type { ArrivingTick } from './arrival.ts'
import type { CapturedCell, CapturedMessage, CapturedSignal } from './captured.ts'
import type { Cell, Signal } from './cell.ts'
import type { ActorDefinition, Behaviour } from './definition.ts'
import type { Origin, Party } from './envelope.ts'
import type { Tick } from './tick.ts'

/** What whoever moves a subtree knows of the world around it. */
export interface RestoreContext {
  /** The definition that is loaded here under a name; a fault if there is none. */
  definitionOf(name: string, version: number): ActorDefinition | Fault
  /** Sends the reply to whoever waits, by what `CaptureContext.origin` has said. */
  origin(data: unknown): Origin
  /** Stands for the sender of a message that waits. */
  party(path: string): Party
  ref(path: string): Ref
  /** Sees to it that the end of somebody outside of the subtree is told by `hearFar`; also if that was so where it comes from. */
  watches(cell: Cell, path: string): () => void
  /** Somebody outside of the subtree is to hear of the end of `cell`. */
  watched(cell: Cell): void
}

/** A cell to be, with all that could fail behind it. */
export interface Plan {
  readonly data: CapturedCell
  readonly definition: ActorDefinition
  readonly behaviour: Behaviour
  readonly state: unknown
}

/** Stands behind a message that need not be handled any more. */
const unwanted: Origin = Object.freeze({
  isAsk: false,
  wanted: false,
  cause: undefined,
  settle: () => undefined,
  refuse: () => undefined,
})

/** Fills a cell, counts it and claims its name; returns its timers, which do not run yet. */
export function furnish(cell: Cell, plan: Plan, context: RestoreContext): ArrivingTick[] {
  const { data } = plan
  const { host } = cell
  cell.life = 1
  cell.flags = flagsOf(data)
  cell.behaviour = plan.behaviour
  cell.state = plan.state
  if (data.isAlive) cell.self = host.makeSelf(cell)
  if (data.durable !== undefined) cell.rare.durable = restoreDurable(cell, data.durable)
  for (const handled of data.handled) inboxOf(cell).keep(handled)
  if (cell.hasName) host.registry.set(cell.path, cell)
  // No number is given twice; those of other threads are never given here.
  if (typeof cell.key === 'number' && cell.key > 0 && cell.key < keysPerThread)
    host.totals.spawned = Math.max(host.totals.spawned, cell.key)
  const ticks = restoreTicks(cell, data)
  restoreMail(cell, data, { ticks, context })
  for (const signal of data.signals) cell.signal(restoreSignal(signal, context))
  restoreHistory(cell, data)
  countCell(cell, 1)
  host.supervision.restore(cell, data.supervision)
  if (data.isWatched) context.watched(cell)
  return data.timers.flatMap(({ key, remainingMs }) => {
    const tick = ticks.get(key)
    return tick === undefined || remainingMs === undefined ? [] : [{ tick, remainingMs }]
  })
}

/** Takes up the watches once all cells are there. */
export function watchAgain(cells: readonly Cell[], plans: readonly Plan[], context: RestoreContext): void {
  const inside = new Map(cells.map((cell) => [cell.path, cell]))
  for (const [index, { data }] of plans.entries()) {
    const watcher = cells[index]
    if (watcher === undefined) continue
    for (const path of data.watches) {
      const target = inside.get(path)
      if (target === undefined)
        watchFar(watcher, { ref: context.ref(path) }, () => context.watches(watcher, path))
      else watchCell(watcher, target, refOf(target))
    }
  }
}

function flagsOf(data: CapturedCell): number {
  return paused | (data.isDown ? down : 0) | (data.isClosed ? closed : 0) | (data.isSuspended ? suspended : 0)
}

function restoreTicks(cell: Cell, data: CapturedCell): Map<string, Tick> {
  const waiting = new Set<string>()
  for (const { origin } of [...data.mailbox, ...data.stash])
    if (origin?.kind === 'tick') waiting.add(origin.key)
  return new Map(data.timers.map((timer) => [timer.key, restoreTick(cell, timer, waiting.has(timer.key))]))
}

interface MailAround {
  readonly ticks: ReadonlyMap<string, Tick>
  readonly context: RestoreContext
}

function restoreMail(cell: Cell, data: CapturedCell, around: MailAround): void {
  const mail = data.mailbox.map((message) => restoreMessage(cell, message, around))
  const stash = data.stash.map((message) => restoreMessage(cell, message, around))
  cell.accepted = data.counts.accepted
  cell.handled = data.counts.handled
  for (const envelope of mail) cell.mailbox.push(envelope)
  if (stash.length > 0) cell.rare.stash = stash
  const { failing } = data
  const envelope = failing === undefined ? undefined : (failing.isStashed ? stash : mail)[failing.index]
  if (failing !== undefined && envelope !== undefined) cell.rare.failing = { envelope, tries: failing.tries }
}

function restoreMessage(cell: Cell, message: CapturedMessage, { ticks, context }: MailAround): Envelope {
  const { name, payload, from } = message
  return new Envelope(
    cell,
    name,
    payload,
    from === undefined ? undefined : context.party(from),
    originOf(message),
  )

  function originOf({ origin }: CapturedMessage): Origin | undefined {
    if (origin === undefined) return undefined
    if (origin.kind === 'ask') return context.origin(origin.data)
    return origin.kind === 'tick' ? (ticks.get(origin.key) ?? unwanted) : unwanted
  }
}

function restoreSignal(signal: CapturedSignal, context: RestoreContext): Signal {
  if (signal.type === 'restart') return signal
  return { type: 'down', ref: context.ref(signal.path), exit: signal.exit, watched: undefined }
}

/** What an idle actor that has seen nothing yet need not have. */
function restoreHistory(cell: Cell, { counts, lastFault, exit }: CapturedCell): void {
  const { restarts, dead, refused } = counts
  if (dead.length > 0) for (const [reason, letters] of dead) cell.rare.dead.set(reason, letters)
  if (refused.length > 0) for (const [reason, letters] of refused) cell.rare.refused.set(reason, letters)
  if (restarts > 0) cell.rare.restarts = restarts
  if (lastFault !== undefined) cell.rare.lastFault = Fault.from(lastFault)
  if (exit !== undefined) cell.rare.exit = exit
}
