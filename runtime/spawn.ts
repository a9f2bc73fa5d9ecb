// A spawn: a new cell under its parent, named, counted and begun.
import { begin } from './begin.ts'
import { Cell } from './cell.ts'
import { away, closed, down, ended, halting, paused, restless } from './cell-flags.ts'
import { outsideOfActors } from './context.ts'
import { compiled } from './definition.ts'
import { finish, halt } from './ending.ts'
import { failedExit } from './exit.ts'
import { Fault } from './fault.ts'
import { besideMessages } from './hook.ts'
import { checkName, checkPath, pathBytesMax } from './path.ts'
import { journalMissing } from './durable/recovery.ts'
import { refOf } from './ref.ts'
import type { EventKind } from './event-log.ts'
import type { ActorDefinition } from './definition.ts'
import type { LocalRef } from './ref.ts'
import type { SpawnOptions } from './actor.ts'

/** Actors that may live in one runtime. */
export const actorsMax = 10_000_000
/** Steps from a root down to its deepest descendant. */
export const treeDepthMax = 256

/** Shared by all who need none: an empty array of its own would cost each actor 32 bytes. */
const noArgs: readonly unknown[] = Object.freeze([])

/** What a spawn is told. */
export interface SpawnRequest {
  readonly definition: unknown
  readonly options: string | SpawnOptions | undefined
  readonly args: readonly unknown[]
  /** The number in the name of a root that is given one by its node. */
  readonly number?: number | undefined
}

/** Starts a child at once. If its start fails before this returns, the child is gone and the fault is thrown; later, its supervisor decides. */
export function spawnNow(parent: Cell, request: SpawnRequest): LocalRef {
  const cell = place(parent, request)
  const fault = cell.definition.spec.started === undefined ? beginPlain(cell) : beginWithHook(cell)
  if (fault === undefined) return refOf(cell)
  halt(cell, failedExit(fault), (exit) => finish(cell, exit))
  throw fault
}

const seenTo = (): boolean => true

/** Begins a life without a hook, whose start has ended when this returns; spares the spawn of most actors two closures. */
function beginPlain(cell: Cell): Fault | undefined {
  begin(cell, seenTo)
  return (cell.flags & down) === 0 ? undefined : cell.rare.lastFault
}

function beginWithHook(cell: Cell): Fault | undefined {
  let isNow = true
  let thrown: Fault | undefined
  besideMessages(cell.host, () =>
    begin(cell, (result) => {
      if (isNow && typeof result !== 'string') thrown = result
      return isNow
    }),
  )
  isNow = false
  return thrown
}

/** Starts a child and waits until its `started` hook has ended; a failed start leaves nothing behind. */
export function spawnAndWait(parent: Cell, request: SpawnRequest): Promise<LocalRef> {
  const cell = place(parent, request)
  return new Promise((resolve, reject) => {
    begin(cell, (result) => {
      if (result === 'begun') resolve(refOf(cell))
      else if (result === 'abandoned') reject(abandonedFault(cell))
      else {
        halt(cell, failedExit(result), (exit) => {
          finish(cell, exit)
          reject(result)
        })
      }
      return true
    })
  })
}

function abandonedFault(cell: Cell): Fault {
  return new Fault('start-abandoned', `Cannot start "${cell.path}": it was ended before its start had`, {
    hint: 'See who ended it with "why"; spawn it again if that was not meant.',
  })
}

/**
 * Gives a life to who was asleep; how its start goes is between it and its supervisor. In the middle of a hook the start waits for the end
 * of that, or a chain of actors that wake each other would need a deep stack.
 * @throws {Fault} `actor-stopped` `actors-full` `name-invalid` `name-taken`; nothing is left behind
 */
export function activate(parent: Cell, request: SpawnRequest): Cell {
  const cell = place(parent, request, 'activated')
  const { host } = cell
  const { life } = cell
  const start = (): void => {
    if (cell.life === life && (cell.flags & (ended | halting)) === 0) begin(cell)
  }
  if (host.hooks > 0) host.clock.soon(outsideOfActors(start))
  else besideMessages(host, start)
  return cell
}

/** A cell with its place in the tree, not begun. */
function place(parent: Cell, request: SpawnRequest, kind: EventKind = 'spawned'): Cell {
  const { host } = parent
  const definition = compiled(request.definition)
  const { options } = request
  const name = typeof options === 'string' ? options : options?.name
  checkRoom(parent, name ?? definition.name)
  const spec = host.supervision.childSpec(
    definition,
    typeof options === 'object' ? options : undefined,
    parent,
  )
  if (definition.isDurable) checkDurable(parent, name, definition)
  const key = name ?? (request.number === undefined ? ++host.totals.spawned : request.number - host.keyBase)
  const args = request.args.length === 0 ? noArgs : request.args
  const cell = new Cell({ host, parent, key }, definition, { spec, args })
  if (name !== undefined) {
    claimName(cell, name)
    host.totals.spawned++
  } else if (cell.hasName) host.registry.set(cell.path, cell)
  parent.link(cell)
  host.totals.actors++
  if ((parent.flags & (paused | restless)) !== 0) host.pauses?.spawned(cell)
  host.events.emit(kind, cell)
  return cell
}

function claimName(cell: Cell, name: string): void {
  const isRoot = cell.parent?.parent === undefined
  if (isRoot) checkPath(name)
  else checkName(name)
  const { registry } = cell.host
  const { path } = cell
  // Above it may stand a name that the runtime gave: only the length of the whole is left to check.
  if (path.length > pathBytesMax) checkPath(path)
  if (registry.has(path)) {
    throw new Fault('name-taken', `Cannot spawn "${path}": an actor lives there already`, {
      hint: 'Choose another name, or stop the one that lives there and wait for its end.',
    })
  }
  registry.set(path, cell)
}

/** The path is the name of its journal, so it has to be the same in each run of the program. */
function checkDurable(parent: Cell, name: string | undefined, { name: definition }: ActorDefinition): void {
  const { host } = parent
  if (host.durability === undefined) throw journalMissing(name ?? definition)
  let above: Cell | undefined = parent
  while (above?.parent !== undefined && typeof above.key === 'string') above = above.parent
  if (name !== undefined && above?.parent === undefined) return
  throw new Fault(
    'durable-unnamed',
    `Cannot spawn "${name ?? definition}" under "${parent.path}": it is durable, and its path would not be the same after a restart`,
    { hint: 'Give it a name, and a name to each actor above it.' },
  )
}

function checkRoom(parent: Cell, name: string): void {
  const { actors } = parent.host.totals
  if ((parent.flags & (ended | down | halting | closed | away)) !== 0) {
    const where = parent.parent === undefined ? `on node "${parent.host.name}"` : `under "${parent.path}"`
    throw new Fault('actor-stopped', `Cannot spawn "${name}" ${where}: it is ending`, {
      hint: 'Spawn children before the actor is told to stop.',
    })
  }
  if (actors >= actorsMax) {
    throw new Fault('actors-full', `Cannot spawn "${name}": ${actors} of ${actorsMax} actors live`, {
      hint: 'Stop actors that are not needed, or spread them over more nodes.',
    })
  }
  let depth = 0
  for (let above = parent.parent; above !== undefined; above = above.parent) depth++
  if (depth >= treeDepthMax) {
    throw new Fault(
      'tree-too-deep',
      `Cannot spawn "${name}": its parent is ${depth} of ${treeDepthMax} steps deep`,
      {
        hint: 'Spawn it from an actor further up.',
      },
    )
  }
}
