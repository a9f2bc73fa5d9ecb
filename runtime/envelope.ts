// An envelope: one message in flight to one actor, with who sent it and what stands behind it.
import type { Fault } from './fault.ts'

/** Whoever can be named as a sender or receiver. The path is made only when somebody looks: a message pays nothing for it. */
export interface Party {
  readonly path: string
}

/** What stands behind a message: an ask that waits for the reply, or a timer that must not send twice. */
export interface Origin {
  /** Whether somebody waits for the reply; nobody hears what a timer's message comes to. */
  readonly isAsk: boolean
  /** False once the message need not be handled any more: the ask has expired, the timer was cancelled. */
  readonly wanted: boolean
  /** The message in whose handling this one was sent; the links make the call chain of an ask. */
  readonly cause: Envelope | undefined
  /** The handler has ended with this reply. */
  settle(reply: unknown): void
  /** The message was not handled, or its handler has failed. */
  refuse(fault: Fault): void
}

/** One shape for all messages, so that the paths that touch it stay monomorphic. */
export class Envelope {
  readonly to: Party
  readonly name: string
  readonly payload: unknown
  readonly from: Party | undefined
  readonly origin: Origin | undefined

  // Five: one object more for each message would cost what this shape saves.
  // oxlint-disable-next-line max-params
  constructor(
    to: Party,
    name: string,
    payload: unknown,
    from: Party | undefined,
    origin: Origin | undefined,
  ) {
    this.to = to
    this.name = name
    this.payload = payload
    this.from = from
    this.origin = origin
  }
}
