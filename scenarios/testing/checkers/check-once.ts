// C-ONCE: each message is handled at most once, by the one that it was sent to, and then is no dead letter.
import { broken, kept } from './verdict.ts'
import type { Dead, Handled, History, Id, Sent } from './history.ts'
import type { Verdict } from './verdict.ts'

/** Guarantee D1, first half. Definitions that try a message more than once (`triesMax`) promise less. */
export function checkOnce(history: History): Verdict {
  const sent = new Map<Id, Sent>()
  const fates = new Map<Id, Handled | Dead>()
  for (const event of history) {
    if (event.type === 'sent') {
      if (sent.has(event.id)) return broken(`message ${event.id} was sent twice: its id is not one`)
      sent.set(event.id, event)
    }
    if (event.type !== 'handled' && event.type !== 'dead') continue
    const before = fates.get(event.id)
    if (before !== undefined) return broken(`message ${event.id} was ${how(before)}, and then ${how(event)}`)
    fates.set(event.id, event)
    const verdict = rightly(event, sent.get(event.id))
    if (verdict !== undefined) return verdict
  }
  return kept(fates.size, 'messages')
}

function rightly(event: Handled | Dead, sent: Sent | undefined): Verdict | undefined {
  if (sent === undefined) return broken(`message ${event.id} was ${how(event)}, but never sent`)
  if (event.type === 'dead' || event.by === sent.to) return undefined
  return broken(`message ${event.id} was sent to "${sent.to}" and ${how(event)}`)
}

function how(fate: Handled | Dead): string {
  return fate.type === 'handled' ? `handled by "${fate.by}"` : `a dead letter: ${fate.reason}`
}
