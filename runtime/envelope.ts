// An envelope: one message in flight to one actor, with who sent it and what stands behind it.
import type { Directive } from './supervision.ts'
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
  /** Of a message that is written down as handled. */
  readonly duty?: DutyOf
  /** The handler has ended with this reply. */
  settle(reply: unknown): void
  /** The message was not handled, or its handler has failed. */
  refuse(fault: Fault): void
}

/** How a handler has ended. */
export type Outcome = { readonly reply: unknown } | { readonly error: unknown }

/** What a message asks of the end of its handler that is written down as handled. */
export interface DutyOf {
  /** Whoever sent it sends it again: if it is not handled, it is not dead. */
  readonly isSentAgain: boolean
  /** It has failed each time, and is not sent again. */
  readonly isPoisoned: boolean
  /** Says once more in the next record that it is handled. */
  stage(): void
  /** The handler has ended; resolves, or rejects, as it has, once what that means is safe. */
  ends(outcome: Outcome): Promise<unknown>
  /** The handler of an actor without a journal has failed. */
  failed(error: unknown, directive: Directive): void
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
