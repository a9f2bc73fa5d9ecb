// A far origin: stands behind a message whose asker waits in another runtime.
import { Ask } from '../../runtime/ask.ts'
import type { Envelope, Origin } from '../../runtime/envelope.ts'
import type { Fault } from '../../runtime/fault.ts'

/** Which ask of which runtime, and until when it waits. */
export interface FarAsk {
  readonly thread: number
  readonly id: number
  /** By the clock of this runtime. */
  readonly dueMs: number
  /** The far asks that led to it, the nearest first: runtime and number by turns. */
  readonly chain: readonly number[]
}

/** What a far origin needs of the runtime that it is in. */
export interface FarAnswers {
  nowMs(): number
  reply(ask: FarAsk, reply: unknown): void
  refuse(ask: FarAsk, fault: Fault): void
  /** If one of the asks in the chain was sent from this runtime: the message that was being handled then. */
  causeOf(chain: readonly number[]): Envelope | undefined
}

export class FarOrigin implements Origin {
  readonly isAsk = true
  readonly ask: FarAsk
  readonly #answers: FarAnswers

  constructor(ask: FarAsk, answers: FarAnswers) {
    this.ask = ask
    this.#answers = answers
  }

  /** Looked up when its receiver asks in turn. A chain that passes through this runtime is followed on through its own envelopes. */
  get cause(): Envelope | undefined {
    return this.#answers.causeOf(this.ask.chain)
  }

  get wanted(): boolean {
    return this.#answers.nowMs() < this.ask.dueMs
  }

  settle(reply: unknown): void {
    this.#answers.reply(this.ask, reply)
  }

  refuse(fault: Fault): void {
    this.#answers.refuse(this.ask, fault)
  }
}

/** Far asks that one record names; a longer chain is cut, and then a cycle ends at the deadline. */
export const farChainMax = 64

/** The far asks that led to a message, the nearest first. */
export function chainOf(cause: Envelope | undefined): readonly number[] {
  let step = cause
  while (step?.origin instanceof Ask) step = step.origin.cause
  if (!(step?.origin instanceof FarOrigin)) return none
  const { thread, id, chain } = step.origin.ask
  return [thread, id, ...chain].slice(0, farChainMax * 2)
}

const none: readonly number[] = Object.freeze([])
