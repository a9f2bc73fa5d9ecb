// Watches: who hears when an actor ends, exactly once.
import { away, ended } from './cell-flags.ts'
import { STOPPED } from './exit.ts'
import type { Ref } from './actor.ts'
import type { Cell } from './cell.ts'
import type { Exit } from './exit.ts'

/** The token under which an actor watches another; any other token stands for a function of the program. */
export class Watch {
  readonly watcher: Cell
  readonly ref: Ref
  /** Takes it back where it is kept besides: the target is captured, and whoever moves it keeps the watch as well. */
  takeBack: (() => void) | undefined = undefined

  constructor(watcher: Cell, ref: Ref) {
    this.watcher = watcher
    this.ref = ref
  }
}

/** The actor that watches under a token; undefined if that is a function. */
export function watcherOf(token: object): Cell | undefined {
  return token instanceof Watch ? token.watcher : undefined
}

/** Makes `watcher` hear the end of `target`; a second watch of the same actor changes nothing. */
export function watchCell(watcher: Cell, target: Cell, ref: Ref): void {
  const watching = (watcher.rare.watching ??= new Map())
  if (watching.has(target) || watcher.rare.watchingFar?.has(ref.path) === true) return
  const token = new Watch(watcher, ref)
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
  unobserve(target, token)
  watcher.signals?.remove((signal) => signal.type === 'down' && signal.watched === target)
}

/**
 * The same of somebody who lives elsewhere.
 * @param watched.last how the one ended who lived here before, if nobody has followed him
 * @param start sees to it that `hearFar` is called once, and gives the way to take that back
 */
export function watchFar(
  watcher: Cell,
  { ref, last }: { readonly ref: Ref; readonly last?: Exit | undefined },
  start: () => () => void,
): void {
  const watching = (watcher.rare.watchingFar ??= new Map())
  if (watching.has(ref.path)) return
  // The end may be told at once, before there is a way to take the watch back.
  const watch = { ref, last, takeBack: (): void => undefined }
  watching.set(ref.path, watch)
  const takeBack = start()
  if (watching.get(ref.path) === watch) watch.takeBack = takeBack
}

/** Somebody who lived elsewhere has ended. Whoever does not watch it any more hears nothing. */
export function hearFar(watcher: Cell, path: string, exit: Exit): void {
  const watch = watcher.rareIfAny?.watchingFar?.get(path) ?? takeDeparted(watcher, path)
  if (watch === undefined) return
  watcher.rareIfAny?.watchingFar?.delete(path)
  const last = watch instanceof Watch ? undefined : watch.last
  watcher.signal({ type: 'down', ref: watch.ref, exit: remembered(exit, last), watched: undefined })
}

/** Nobody lives there, and nobody elsewhere knows who did: then it ended as it is remembered here. */
export function remembered(exit: Exit, last: Exit | undefined): Exit {
  return exit.cause === 'never-existed' && last !== undefined ? last : exit
}

/** The watch of somebody who has gone to live elsewhere, and ended there before it was known here that the move had succeeded. */
function takeDeparted(watcher: Cell, path: string): Watch | undefined {
  for (const [target, token] of watcher.rareIfAny?.watching ?? []) {
    if ((target.flags & away) === 0 || target.path !== path || !(token instanceof Watch)) continue
    watcher.rareIfAny?.watching?.delete(target)
    target.rareIfAny?.watchers?.delete(token)
    return token
  }
  return undefined
}

/** Takes back the watch of somebody elsewhere, and a `down` that waits of somebody else at the path: of a predecessor, or of nobody. */
export function unwatchPredecessor(watcher: Cell, path: string): void {
  watcher.rareIfAny?.watchingFar?.get(path)?.takeBack()
  watcher.rareIfAny?.watchingFar?.delete(path)
  watcher.signals?.remove((signal) => {
    if (signal.type !== 'down' || signal.ref.path !== path) return false
    if (signal.watched !== undefined) watcher.rareIfAny?.watching?.delete(signal.watched)
    return true
  })
}

/** Ends all watches of an actor whose life is over. */
export function unwatchAll(watcher: Cell): void {
  const { watching, watchingFar } = watcher.rare
  for (const target of watching?.keys() ?? []) unwatchCell(watcher, target)
  for (const { takeBack } of watchingFar?.values() ?? []) takeBack()
  watchingFar?.clear()
}

/** Calls `hear` when the cell has gone; `token` takes it back. */
export function observe(target: Cell, token: object, hear: (exit: Exit) => void): void {
  const watchers = (target.rare.watchers ??= new Map())
  watchers.set(token, hear)
}

/** Takes back what `observe` was given. */
export function unobserve(target: Cell, token: object): void {
  target.rareIfAny?.watchers?.delete(token)
  if (token instanceof Watch) token.takeBack?.()
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
