// A capture: a root and all below it become plain data, and hold on to nothing here but what is needed to go back.
import { accountOf } from './accounting.ts'
import { closed, down, ended, suspended } from './cell-flags.ts'
import { Departure } from './departure.ts'
import { subtree } from './quiesce.ts'
import { Tick, ticksOf } from './tick.ts'
import { watcherOf } from './watches.ts'
import type {
  CapturedCell,
  CapturedFailing,
  CapturedMessage,
  CapturedOrigin,
  CapturedSignal,
} from './captured.ts'
import type { Cell, Signal } from './cell.ts'
import type { DepartureContext } from './departure.ts'
import type { Envelope, Origin } from './envelope.ts'

/** What whoever moves a subtree has to do for those who stay. */
export interface CaptureContext extends DepartureContext {
  /** Plain data by which the reply to an ask will find whoever waits; called for each that waits to be handled. */
  origin(origin: Origin): unknown
}

/**
 * Captures a root that has come to rest, in one go. From here on it counts as being elsewhere: its names are free, its timers stand still,
 * it is in no sum. It comes back by `release`, or is given up by `discard`.
 */
export function capture(root: Cell, context: CaptureContext): Departure {
  const { host } = root
  const { path } = root
  const cells = subtree(root)
  const indexes = new Map(cells.map((cell, index) => [cell, index]))
  const nowMs = host.clock.now()
  const captured = cells.map((cell) => captureCell(cell, { nowMs, indexes, context }))
  return new Departure({ path, cells: captured }, cells, context)
}

interface Surroundings {
  readonly nowMs: number
  /** The captured cells and their places. */
  readonly indexes: ReadonlyMap<Cell, number>
  readonly context: CaptureContext
}

function captureCell(cell: Cell, around: Surroundings): CapturedCell {
  const { flags, host, definition, spec, parent } = cell
  const rare = cell.rareIfAny
  const mail = cell.mailbox.peek(cell.mailbox.count)
  const stash = rare?.stash ?? []
  const toData = (envelope: Envelope): CapturedMessage => captureMessage(envelope, around.context)
  return {
    parent: (parent === undefined ? undefined : around.indexes.get(parent)) ?? -1,
    key: typeof cell.key === 'string' ? cell.key : host.keyBase + cell.key,
    definition: definition.name,
    version: definition.version,
    args: [...cell.args],
    spec: { ...spec, ...(spec.backoff === undefined ? {} : { backoff: { ...spec.backoff } }) },
    behaviour: cell.behaviour.name,
    isAlive: cell.self !== undefined,
    isDown: (flags & down) !== 0,
    isClosed: (flags & closed) !== 0,
    isSuspended: (flags & suspended) !== 0,
    state: cell.state,
    durable: rare?.durable?.capture(),
    handled: rare?.inbox?.capture() ?? [],
    counts: countsOf(cell),
    mailbox: mail.map(toData),
    stash: stash.map(toData),
    failing: failingOf(cell, mail, stash),
    timers: ticksOf(cell).map((tick) => tick.capture(around.nowMs)),
    signals: signalsOf(cell),
    watches: watchesOf(cell),
    isWatched: isWatchedFromOutside(cell, around.indexes),
    lastFault: rare?.lastFault?.toJSON(),
    exit: rare?.exit,
    startsInMs: rare?.nextStartMs === undefined ? undefined : rare.nextStartMs - around.nowMs,
    startsAlone: rare?.nextStart !== undefined,
    supervision: host.supervision.capture(cell),
  }
}

function countsOf(cell: Cell): CapturedCell['counts'] {
  const rare = cell.rareIfAny
  const { accepted, handled } = accountOf(cell)
  return {
    accepted,
    handled,
    restarts: rare?.restarts ?? 0,
    dead: [...(rare?.dead ?? [])],
    refused: [...(rare?.refused ?? [])],
  }
}

function captureMessage(envelope: Envelope, context: CaptureContext): CapturedMessage {
  const { name, payload, from, origin } = envelope
  return { name, payload, from: from?.path, origin: originOf(origin, context) }
}

function originOf(origin: Origin | undefined, context: CaptureContext): CapturedOrigin | undefined {
  if (origin === undefined) return undefined
  if (!origin.wanted) return { kind: 'unwanted' }
  if (origin instanceof Tick) return { kind: 'tick', key: origin.key }
  return { kind: 'ask', data: context.origin(origin) }
}

/** What has been tried and handled since has no place any more. */
function failingOf(
  cell: Cell,
  mail: readonly Envelope[],
  stash: readonly Envelope[],
): CapturedFailing | undefined {
  const failing = cell.rareIfAny?.failing
  if (failing === undefined) return undefined
  const { envelope, tries } = failing
  const inMail = mail.indexOf(envelope)
  if (inMail >= 0) return { isStashed: false, index: inMail, tries }
  const inStash = stash.indexOf(envelope)
  return inStash < 0 ? undefined : { isStashed: true, index: inStash, tries }
}

function signalsOf(cell: Cell): CapturedSignal[] {
  return (cell.signals?.list() ?? []).map(captureSignal)
}

/** A signal as plain data. */
export function captureSignal(signal: Signal): CapturedSignal {
  switch (signal.type) {
    case 'restart':
      return { type: 'restart' }
    case 'down':
      return { type: 'down', path: signal.ref.path, exit: signal.exit }
  }
}

/** Who has ended already is heard of by a signal that waits. */
function watchesOf(cell: Cell): string[] {
  const rare = cell.rareIfAny
  const here = [...(rare?.watching?.keys() ?? [])].filter(({ flags }) => (flags & ended) === 0)
  return [...here.map(({ path }) => path), ...(rare?.watchingFar?.keys() ?? [])]
}

function isWatchedFromOutside(cell: Cell, inside: ReadonlyMap<Cell, number>): boolean {
  for (const token of cell.rareIfAny?.watchers?.keys() ?? []) {
    const watcher = watcherOf(token)
    if (watcher === undefined || !inside.has(watcher)) return true
  }
  return false
}
