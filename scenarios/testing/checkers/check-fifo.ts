// C-FIFO: messages from one sender reach one receiver in the order in which they were sent.
import { broken, kept } from './verdict.ts'
import type { History, Id, Sent } from './history.ts'
import type { Verdict } from './verdict.ts'

/**
 * Guarantee O1, over the first time that each message reached its handler: those that were put aside or are tried again come out of turn by
 * the receiver's own will. Gaps are no breach, a dropped message leaves one.
 */
export function checkFifo(history: History): Verdict {
  const sent = new Map<Id, Sent>()
  const received = new Set<Id>()
  const lastOf = new Map<string, Sent>()
  for (const event of history) {
    if (event.type === 'sent') sent.set(event.id, event)
    if (event.type !== 'received' || received.has(event.id)) continue
    received.add(event.id)
    const message = sent.get(event.id)
    if (message === undefined) return broken(`message ${event.id} was received, but never sent`)
    const pair = JSON.stringify([message.from, message.to])
    const last = lastOf.get(pair)
    if (last !== undefined && last.seq >= message.seq) {
      return broken(
        `"${message.to}" received ${message.id} after ${last.id} from "${message.from}", who sent it before`,
      )
    }
    lastOf.set(pair, message)
  }
  return kept(received.size, 'messages')
}
