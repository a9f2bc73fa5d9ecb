// A traveller: something on its way to somebody who is not here.
import type { Envelope, Party } from '../../runtime/envelope.ts'
import type { Far } from '../../runtime/far.ts'
import type { Fault } from '../../runtime/fault.ts'

/** Where something on its way has been. */
export interface Trail {
  /** How often it was sent on. */
  readonly hops: number
  /** The runtimes that it was sent from and sent on by; undefined while it was not sent on. */
  readonly via?: readonly number[] | undefined
}

/** Something on its way to somebody who is not here. */
export type Traveller =
  | ({ readonly type: 'message'; readonly to: Far; readonly envelope: Envelope } & Trail)
  | ({ readonly type: 'offer'; readonly to: Far; readonly offer: FarOffer } & Trail)
  | ({ readonly type: 'stop' | 'kill'; readonly to: Far } & Trail)
  | { readonly type: 'flush'; readonly to: Far; readonly id: number; readonly replyTo: number }

/** A message that waits for room in a far mailbox, and who waits for that. */
export interface FarOffer {
  readonly to: Far
  readonly envelope: Envelope
  readonly dueMs: number
  /** The runtime in which it waits, and its number there. */
  readonly replyTo: number
  readonly id: number
  settle(reply: unknown): void
  refuse(fault: Fault): void
}

/** Whom a traveller's message is for and what it is, for the fault of one that does not arrive. */
export function messageOf(traveller: Traveller): { readonly to: Party; readonly name: string } {
  if (traveller.type === 'message') return traveller.envelope
  return {
    to: traveller.to,
    name: traveller.type === 'offer' ? traveller.offer.envelope.name : traveller.type,
  }
}
