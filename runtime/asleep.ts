// For those who sleep: a message that finds nobody wakes its receiver, or becomes a dead letter.
import { Cell } from './cell.ts'
import { closed } from './cell-flags.ts'
import { makeOffer } from './offer.ts'
import { deathFault, deliver, deliverToNobody } from './router.ts'
import { Envelope } from './envelope.ts'
import type { Host } from './cell.ts'
import type { Far } from './far.ts'

/** Whoever is awake at a path after this, if somebody sleeps there. */
export function awakened(host: Host, path: string): Cell | undefined {
  const found = host.awakener?.awaken(path)
  return found instanceof Cell ? found : undefined
}

/** Wakes the receiver and delivers, or ends the message with the reason why nobody is there. */
export function deliverAsleep(host: Host, envelope: Envelope): void {
  const { to, name, payload, from, origin } = envelope
  const found = host.awakener?.awaken(to.path)
  if (found instanceof Cell) deliver(found, new Envelope(found, name, payload, from, origin))
  else deliverToNobody(host, envelope, found)
}

/** Waits until the receiver can be woken, and then for room in its mailbox. @throws {Fault} those of `offer` */
export async function offerAsleep(host: Host, to: Far, envelope: Envelope, timeoutMs: number): Promise<void> {
  const { name, payload, from } = envelope
  const { awakener } = host
  if (awakener === undefined) throw deathFault(envelope, 'actor-unknown')
  const startMs = host.clock.now()
  await awakener.awakenLater(to.path, timeoutMs, async (cell) => {
    if ((cell.flags & closed) !== 0) throw deathFault(envelope, 'actor-stopped')
    const leftMs = Math.max(1, startMs + timeoutMs - host.clock.now())
    await makeOffer(cell, new Envelope(cell, name, payload, from, undefined), leftMs)
  })
}
