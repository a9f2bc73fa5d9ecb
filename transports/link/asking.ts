// Asking the way: what is asked for somebody on its way to a path that is not known, and who has to ask more.
import type { DeadReason } from '../../runtime/dead-letters.ts'
import type { Guide } from './guide.ts'
import type { Links } from './links.ts'
import type { Home } from './record.ts'
import type { Road } from './road.ts'
import type { Traveller } from './traveller.ts'

/** Asks for the first that waits for the answer: a message may wake its receiver, anything else finds out whether somebody lives there. */
export function askTheWay(
  guide: Guide,
  traveller: Traveller,
  nowMs: number,
  answer: (found: Home | DeadReason | undefined) => void,
): void {
  if (!isMessage(traveller) || guide.awaken === undefined) guide.resolve(traveller.to.path, answer)
  else guide.awaken(traveller.to.path, waitOf(traveller, nowMs), answer)
}

/** Whether one that was waiting for the answer to another's question would have had another answer to its own. */
export function asksForMore(one: Traveller, asked: Traveller, found: Home | DeadReason | undefined): boolean {
  if (found === undefined) return isMessage(one) && !isMessage(asked)
  return found === 'entities-full' && one.type === 'offer' && asked.type !== 'offer'
}

/** Tells the runtime that something came from of the way that was found: otherwise it would go on sending here. Returns the same. */
export function tellTheWay(road: Road, one: Traveller, links: Links): Traveller {
  const from = one.type === 'flush' ? undefined : one.via?.at(-2)
  if (from === undefined || !road.isOpen || road.told.has(from)) return one
  road.told.add(from)
  links.get(from)?.moved(road.home)
  return one
}

function isMessage({ type }: Traveller): boolean {
  return type === 'message' || type === 'offer'
}

/** An offer waits for room, as long as it has time. */
function waitOf(traveller: Traveller, nowMs: number): number {
  return traveller.type === 'offer' ? Math.max(0, traveller.offer.dueMs - nowMs) : 0
}
