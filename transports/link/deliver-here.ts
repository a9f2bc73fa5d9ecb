// Delivery here: what came from elsewhere, or was sent elsewhere and is for somebody here, is handed over as if it had been sent here.
import { checkChain } from '../../runtime/ask-chain.ts'
import { absent, closed } from '../../runtime/cell-flags.ts'
import { kill, requestStop } from '../../runtime/ending.ts'
import { Envelope } from '../../runtime/envelope.ts'
import { Fault } from '../../runtime/fault.ts'
import { makeOffer } from '../../runtime/offer.ts'
import { deathFault, deliver, deliverToNobody } from '../../runtime/router.ts'
import { messageOf } from './traveller.ts'
import type { Cell, Host } from '../../runtime/cell.ts'
import type { Far } from '../../runtime/far.ts'
import type { FarOffer, Traveller } from './traveller.ts'

/** Whoever lives here at a path, and may be sent to from here. */
export function cellFor(host: Host, { path }: Far): Cell | undefined {
  const cell = host.cellAt(path)
  return cell === undefined || (cell.flags & absent) !== 0 ? undefined : cell
}

/** Hands over to a cell, or to nobody; says false of a flush, which is for neither. */
export function deliverHere(host: Host, cell: Cell | undefined, traveller: Traveller): boolean {
  switch (traveller.type) {
    case 'message':
      deliverMessage(host, cell, traveller.envelope)
      return true
    case 'offer':
      void offerHere(host, cell, traveller.offer)
      return true
    case 'stop':
      if (cell !== undefined) requestStop(cell)
      return true
    case 'kill':
      if (cell !== undefined) kill(cell)
      return true
    case 'flush':
      return false
  }
}

function deliverMessage(host: Host, cell: Cell | undefined, envelope: Envelope): void {
  const { name, payload, from, origin } = envelope
  if (cell === undefined) {
    deliverToNobody(host, envelope)
    return
  }
  if (origin?.cause !== undefined) {
    try {
      checkChain(cell, name, origin.cause)
    } catch (fault) {
      origin.refuse(fault as Fault)
      return
    }
  }
  deliver(cell, new Envelope(cell, name, payload, from, origin))
}

async function offerHere(host: Host, cell: Cell | undefined, offer: FarOffer): Promise<void> {
  const { name, payload, from } = offer.envelope
  const reason =
    cell === undefined ? 'actor-unknown' : (cell.flags & closed) !== 0 ? 'actor-stopped' : undefined
  if (cell === undefined || reason !== undefined) {
    offer.refuse(
      deathFault(messageOf({ type: 'offer', to: offer.to, offer, hops: 0 }), reason ?? 'actor-unknown'),
    )
    return
  }
  try {
    const timeoutMs = Math.max(1, offer.dueMs - host.clock.now())
    await makeOffer(cell, new Envelope(cell, name, payload, from, undefined), timeoutMs)
    offer.settle(undefined)
  } catch (error) {
    offer.refuse(Fault.wrap(error, 'offer-expired', `Cannot offer "${name}" to "${cell.path}"`))
  }
}
