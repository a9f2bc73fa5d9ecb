// The proxied: questions that cross the border of this node. The main thread asks in its own name and hands the answer on.
import { farChainMax } from './far-origin.ts'
import { offerGraceMsMax } from './far-offer.ts'
import { isNode } from './border.ts'
import type { FarOrigin } from './far-origin.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Link } from './link.ts'
import type { ReplyTable, Waiting } from './reply-table.ts'
import type { FarOffer } from './traveller.ts'

/** Stands in the reply table for whoever asked on the other side of the border. */
export class Proxied implements Waiting {
  readonly origin: FarOrigin

  constructor(origin: FarOrigin) {
    this.origin = origin
  }

  settle(reply: unknown): void {
    this.origin.settle(reply)
  }

  refuse(fault: unknown): void {
    // Replies and refusals come as faults, out of the link's own reader.
    this.origin.refuse(fault as Fault)
  }

  isOver(): boolean {
    return !this.origin.wanted
  }
}

/** A node answers only what it was asked: so a question that is sent on from one to another is asked anew, in this one's name. */
function isAskedAnew(from: number, to: number): boolean {
  return from !== to && (isNode(from) || isNode(to))
}

/** Opens a question of this runtime's own for an ask that crosses; undefined for one that does not, null where no more may be open. */
export function proxyAsk(replies: ReplyTable, origin: FarOrigin, link: Link): number | null | undefined {
  if (!isAskedAnew(origin.ask.thread, link.thread)) return undefined
  return replies.isFull ? null : replies.open(new Proxied(origin), link.thread)
}

/** The same for an offer. */
export function proxyOffer(
  replies: ReplyTable,
  { own, offer, nowMs }: { readonly own: number; readonly offer: FarOffer; nowMs(): number },
  link: Link,
): number | null | undefined {
  if (offer.replyTo === own || !isAskedAnew(offer.replyTo, link.thread)) return undefined
  if (replies.isFull) return null
  const waiting = {
    settle: (reply: unknown): void => offer.settle(reply),
    refuse: (fault: unknown): void => offer.refuse(fault as Fault),
    isOver: (): boolean => nowMs() > offer.dueMs + offerGraceMsMax,
  }
  return replies.open(waiting, link.thread)
}

/** A call chain with what stands behind the questions that were opened here, so that those behind the border find their own in it. */
export function followed(chain: readonly number[], own: number, replies: ReplyTable): readonly number[] {
  const steps: number[] = []
  for (let at = 0; at + 1 < chain.length; at += 2) {
    const [runtime = 0, id = 0] = chain.slice(at, at + 2)
    const asked = runtime === own ? replies.peek(id) : undefined
    if (asked instanceof Proxied)
      steps.push(asked.origin.ask.thread, asked.origin.ask.id, ...asked.origin.ask.chain)
    else steps.push(runtime, id)
  }
  return steps.slice(0, farChainMax * 2)
}
