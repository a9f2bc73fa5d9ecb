// An offer: a message that waits for room in a full mailbox.
import { closed } from './cell-flags.ts'
import type { Envelope } from './envelope.ts'
import { Fault } from './fault.ts'
import { deathFault, deliver } from './router.ts'
import type { Cell, WaitingOffer } from './cell.ts'
import type { TimerEntry } from './timer-queue.ts'

/** Offers that may wait for one actor. */
export const offersMax = 10_000

/** Ends once: sent, refused, or expired without having been sent. */
class Offer implements TimerEntry, WaitingOffer {
  dueMs = 0
  seq = 0
  heapIndex = -1
  readonly promise: Promise<void>
  readonly #cell: Cell
  readonly #envelope: Envelope
  readonly #timeoutMs: number
  #resolve: ((end: void | PromiseLike<void>) => void) | undefined = undefined
  #reject: ((fault: Fault) => void) | undefined = undefined

  constructor(cell: Cell, envelope: Envelope, timeoutMs: number) {
    this.#cell = cell
    this.#envelope = envelope
    this.#timeoutMs = timeoutMs
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    cell.host.timers.add(this, cell.host.clock.now() + timeoutMs)
  }

  admit(): void {
    this.#cell.host.timers.remove(this)
    deliver(this.#cell, this.#envelope)
    this.#resolve?.()
  }

  refuse(fault: Fault): void {
    this.#cell.host.timers.remove(this)
    this.#reject?.(fault)
  }

  handOn(to: (envelope: Envelope, timeoutMs: number) => Promise<void>): void {
    const { host } = this.#cell
    host.timers.remove(this)
    this.#resolve?.(to(this.#envelope, Math.max(1, this.dueMs - host.clock.now())))
  }

  due(): void {
    this.#cell.rareIfAny?.offers?.delete(this)
    const attempt = `Cannot offer "${this.#envelope.name}" to "${this.#cell.path}"`
    this.#reject?.(
      new Fault(
        'offer-expired',
        `${attempt}: no room in its mailbox within ${this.#timeoutMs} ms, nothing was sent`,
        {
          hint: 'Offer again later, or look why the actor is slow with "why".',
        },
      ),
    )
  }
}

/** Sends a message as soon as the mailbox has room, after the offers that wait already. */
export async function makeOffer(cell: Cell, envelope: Envelope, timeoutMs: number): Promise<void> {
  const { messagesMax } = cell.definition
  const waiting = cell.rareIfAny?.offers?.size ?? 0
  if (waiting === 0 && cell.mailbox.count < messagesMax) {
    deliver(cell, envelope)
    return
  }
  if (waiting >= offersMax) {
    throw new Fault(
      'offers-full',
      `Cannot offer "${envelope.name}" to "${cell.path}": ${waiting} of ${offersMax} offers wait`,
      {
        hint: 'Slow the callers down; each offer must be awaited before the next.',
      },
    )
  }
  const offers = (cell.rare.offers ??= new Set())
  const offer = new Offer(cell, envelope, timeoutMs)
  offers.add(offer)
  await offer.promise
}

/** Lets offers in while there is room; who takes no more mail has none. */
export function admitOffers(cell: Cell): void {
  const offers = cell.rareIfAny?.offers
  if (offers === undefined || offers.size === 0) return
  if ((cell.flags & closed) !== 0) {
    refuseOffers(cell, () => deathFault({ to: cell, name: 'offer' }, 'actor-stopped'))
    return
  }
  for (const offer of offers) {
    if (cell.mailbox.count >= cell.definition.messagesMax) return
    offers.delete(offer)
    offer.admit()
  }
}

/** Tells all that wait that there will never be room. */
export function refuseOffers(cell: Cell, fault: () => Fault): void {
  const offers = cell.rareIfAny?.offers
  if (offers === undefined || offers.size === 0) return
  for (const offer of offers) offer.refuse(fault())
  offers.clear()
}
