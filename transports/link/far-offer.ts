// A far offer: waits here until there is room in a mailbox elsewhere.
import { Deadline } from '../../runtime/deadline.ts'
import { Fault } from '../../runtime/fault.ts'
import { deathFault } from '../../runtime/router.ts'
import type { Envelope } from '../../runtime/envelope.ts'
import type { Far } from '../../runtime/far.ts'
import type { Host } from '../../runtime/cell.ts'
import type { ReplyTable } from './reply-table.ts'
import type { FarOffer } from './traveller.ts'

/** How long after its deadline an offer waits to be told that it was refused, in milliseconds: the far mailbox is the one to judge. */
export const offerGraceMsMax = 1_000

/** Ends once: the message was taken, or a fault says why not. */
export async function makeFarOffer(
  waits: { readonly host: Host; readonly replies: ReplyTable; readonly thread: number },
  message: { readonly to: Far; readonly envelope: Envelope; readonly timeoutMs: number },
  send: (offer: FarOffer) => void,
): Promise<void> {
  const { host, replies, thread } = waits
  const { to, envelope, timeoutMs } = message
  if (replies.isFull) throw deathFault(envelope, 'wire-full')
  const dueMs = host.clock.now() + timeoutMs
  await new Promise<void>((resolve, reject) => {
    const ended = (): void => {
      host.timers.remove(deadline)
      replies.delete(id)
    }
    const refuse = (fault: Fault): void => {
      ended()
      reject(fault)
    }
    const settle = (): void => {
      ended()
      resolve()
    }
    const deadline = new Deadline(() => refuse(expired(to, envelope.name, timeoutMs)))
    const id = replies.open({ settle, refuse }, thread)
    host.timers.add(deadline, dueMs + offerGraceMsMax)
    send({ to, envelope, dueMs, replyTo: thread, id, settle, refuse })
  })
}

/** The fault of an offer for which no way was found in time. */
export function offerLate({ to, envelope }: FarOffer): Fault {
  return new Fault(
    'offer-expired',
    `Cannot offer "${envelope.name}" to "${to.path}": there was no way to its thread in time`,
    { hint: 'Look with "threads" why that thread is slow, or give the offer more time.' },
  )
}

function expired(to: Far, name: string, timeoutMs: number): Fault {
  return new Fault(
    'offer-expired',
    `Cannot offer "${name}" to "${to.path}": no answer from its thread within ${timeoutMs} ms, the outcome is unknown`,
    {
      hint: 'Look at that thread with "threads"; offer again only if that does no harm.',
      outcome: 'unknown',
    },
  )
}
