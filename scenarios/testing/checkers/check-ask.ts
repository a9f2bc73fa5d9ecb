// C-ASK: each ask ends exactly once, with its own reply, and at most one tick after its deadline.
import { isWhole } from './history.ts'
import { broken, kept, missing } from './verdict.ts'
import type { Answered, Asked, History, Id } from './history.ts'
import type { Verdict } from './verdict.ts'

/** Guarantee D2. @param tickMs how late an ending may be */
export function checkAsk(history: History, tickMs: number): Verdict {
  const open = new Map<Id, Asked>()
  const ended = new Map<Id, Answered>()
  const handled = new Set<Id>()
  for (const event of history) {
    if (event.type === 'handled') handled.add(event.id)
    if (event.type === 'asked') open.set(event.id, event)
    if (event.type !== 'answered') continue
    if (ended.has(event.id))
      return broken(`ask ${event.id} ended twice: ${ended.get(event.id)?.how}, then ${event.how}`)
    const verdict = rightly(event, open.get(event.id), tickMs)
    if (verdict !== undefined) return verdict
    open.delete(event.id)
    ended.set(event.id, event)
  }
  return disowned(ended, handled) ?? overdue(history, open, tickMs) ?? kept(ended.size, 'asks')
}

function rightly(event: Answered, asked: Asked | undefined, tickMs: number): Verdict | undefined {
  if (asked === undefined) return broken(`ask ${event.id} ended by ${event.how}, but was never asked`)
  const { id, how, atMs, echo } = event
  if (how === 'reply' && echo !== id) return broken(`ask ${id} got the reply to ${echo}`)
  const lateMs = atMs - asked.atMs - asked.timeoutMs
  if (lateMs > tickMs) return broken(`ask ${id} ended ${lateMs} ms after its deadline`)
  if (how === 'expired' && lateMs < 0) return broken(`ask ${id} expired ${-lateMs} ms before its deadline`)
  return undefined
}

/** A fault that says "not handled" must be true, also later; a reply comes from a handler that has ended. */
function disowned(ended: ReadonlyMap<Id, Answered>, handled: ReadonlySet<Id>): Verdict | undefined {
  for (const { id, how } of ended.values()) {
    if (how === 'refused' && handled.has(id))
      return broken(`ask ${id} was refused as not handled, and handled`)
    if (how === 'reply' && !handled.has(id))
      return broken(`ask ${id} got a reply without having been handled`)
  }
  return undefined
}

/** Asks without an ending: lost if the history is whole or goes on beyond their deadline. */
function overdue(history: History, open: ReadonlyMap<Id, Asked>, tickMs: number): Verdict | undefined {
  const lastMs = history.reduce((ms, event) => ('atMs' in event ? Math.max(ms, event.atMs) : ms), 0)
  let verdict: Verdict | undefined
  for (const { id, atMs, timeoutMs } of open.values()) {
    const isLost = isWhole(history) || lastMs > atMs + timeoutMs + tickMs
    verdict = missing(isLost, `ask ${id} has had no ending until ${lastMs} ms`)
    if (verdict.holds === false) return verdict
  }
  return verdict
}
