// Watches: who hears when an actor ends, exactly once.
import { ended } from './cell.ts'
import { STOPPED } from './exit.ts'
import type { Ref } from './actor.ts'
import type { Cell } from './cell.ts'
import type { Exit } from './exit.ts'

/** Makes `watcher` hear the end of `target`; a second watch of the same actor changes nothing. */
export function watchCell(watcher: Cell, target: Cell, ref: Ref): void {
  const watching = (watcher.rare.watching ??= new Map())
  if (watching.has(target)) return
  const token = {}
  watching.set(target, token)
  const hear = (exit: Exit): void => watcher.signal({ type: 'down', ref, exit, watched: target })
  if ((target.flags & ended) !== 0) hear(lastExit(target))
  else observe(target, token, hear)
}

/** Ends a watch; a `down` that waits in the signal lane is taken out as well. */
export function unwatchCell(watcher: Cell, target: Cell): void {
  const token = watcher.rareIfAny?.watching?.get(target)
  if (token === undefined) return
  watcher.rareIfAny?.watching?.delete(target)
  target.rareIfAny?.watchers?.delete(token)
  watcher.signals?.remove((signal) => signal.type === 'down' && signal.watched === target)
}

/** Takes back a `down` that waits of somebody else at the path: of a predecessor, or that nobody ever lived there. */
export function unwatchPredecessor(watcher: Cell, path: string): void {
  watcher.signals?.remove((signal) => {
    if (signal.type !== 'down' || signal.ref.path !== path) return false
    if (signal.watched !== undefined) watcher.rareIfAny?.watching?.delete(signal.watched)
    return true
  })
}

/** Ends all watches of an actor whose life is over. */
export function unwatchAll(watcher: Cell): void {
  const watching = watcher.rareIfAny?.watching
  if (watching === undefined) return
  for (const target of watching.keys()) unwatchCell(watcher, target)
}

/** Calls `hear` when the cell has gone; `token` takes it back. */
export function observe(target: Cell, token: object, hear: (exit: Exit) => void): void {
  const watchers = (target.rare.watchers ??= new Map())
  watchers.set(token, hear)
}

/** How an actor that has gone ended; an end that needed no words left none. */
export function lastExit(target: Cell): Exit {
  return target.rareIfAny?.exit ?? STOPPED
}

/** Calls `hear` when the cell has gone, after all watchers. */
export function whenEnded(cell: Cell, hear: (exit: Exit) => void): void {
  const { rare } = cell
  rare.whenEnded ??= []
  rare.whenEnded.push(hear)
}

/** Tells all watchers, each once. */
export function announceEnd(cell: Cell, exit: Exit): void {
  const watchers = cell.rareIfAny?.watchers
  if (watchers === undefined) return
  cell.rare.watchers = undefined
  for (const hear of watchers.values()) hear(exit)
}
