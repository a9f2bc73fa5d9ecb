// The judgement of watches between threads: who watches hears once, for a reason, and never because of a move.
import type { HistoryEvent } from '../../../scenarios/testing/checkers/history.ts'
import type { Stage } from './stage.ts'

type Watched = HistoryEvent & { readonly type: 'watched' }

/** Ends of which no thread could tell: those of who lived in one that was lost. */
export interface Losses {
  mayBeLost(path: string): boolean
}

/** What is wrong with the watches of a run at its end. */
export function watchFlaws(stage: Stage, losses: Losses): string[] {
  const { history } = stage
  const flaws: string[] = []
  const watches = history.flatMap((event, index) => (event.type === 'watched' ? [{ event, index }] : []))
  for (const { event, index } of watches) {
    const downs = history.flatMap((one, at) =>
      one.type === 'down' && one.watch === event.watch ? [{ one, at }] : [],
    )
    const [down, second] = downs
    if (second !== undefined) flaws.push(`${nameOf(event)} heard twice`)
    if (down === undefined) {
      if (isOpen(stage, event) && stage.living(event.target).length === 0)
        flaws.push(`${nameOf(event)} heard nothing, and nobody lives there`)
      continue
    }
    const between = { from: index, to: down.at }
    if (!isJustified(history, event, { cause: down.one.cause, ...between }, losses))
      flaws.push(`${nameOf(event)} heard ${down.one.cause}, which was not so`)
    if (history.some((one, at) => one.type === 'unwatched' && one.watch === event.watch && at < down.at))
      flaws.push(`${nameOf(event)} heard after it had stopped watching`)
  }
  return flaws
}

function nameOf({ watch, watcher, target }: Watched): string {
  return `watch ${watch} of "${target}" by "${watcher}"`
}

/** Whether the life that watches goes on, and has not taken it back. */
function isOpen(stage: Stage, { watch, watcher, target }: Watched): boolean {
  if (watcher.startsWith('outside')) return true
  return stage.living(watcher).some(([, { state }]) => {
    const { watching } = Object(state) as { readonly watching?: ReadonlyMap<string, number> }
    return watching?.get(target) === watch
  })
}

/** Whether there is an end of that cause that it may have heard of. */
function isJustified(
  history: readonly HistoryEvent[],
  { target }: Watched,
  { cause, from, to }: { readonly cause: string; readonly from: number; readonly to: number },
  losses: Losses,
): boolean {
  if (cause === 'node-lost') return losses.mayBeLost(target)
  let isAlive = false
  // Whoever ended long ago may be remembered where the watcher is, and a later one of that name where that one was.
  const before = new Set<string>(['never-existed'])
  for (const [index, event] of history.entries()) {
    if (index > to) break
    const isAbout = (event.type === 'spawned' || event.type === 'ended') && event.path === target
    if (index === from && !isAlive && before.has(cause)) return true
    if (!isAbout) continue
    if (event.type === 'ended' && index > from && event.cause === cause) return true
    isAlive = event.type === 'spawned'
    if (event.type === 'ended') before.add(event.cause)
    if (!isAlive && index > from && cause === 'never-existed') return true
  }
  if (!losses.mayBeLost(target)) return false
  // No event tells of an end that came with a thread's: an older one may be remembered, or one that blames it for the loss.
  const isOld = history.some(
    (event) => event.type === 'ended' && event.path === target && event.cause === cause,
  )
  return isOld || cause === 'never-existed' || cause === 'failed'
}
