// A taken message: one that a test took from a probe's mailbox, and the answer that its sender may wait for.
import { Fault } from '../../runtime/fault.ts'
import { deathFault } from '../../runtime/router.ts'
import type { Host } from '../../runtime/cell.ts'
import type { Envelope } from '../../runtime/envelope.ts'

/** One message as the test got it; an ask among them waits until `reply`, `fail` or its deadline. */
export interface ProbeMessage<K extends string = string, V = unknown, R = unknown> {
  readonly name: K
  readonly payload: V
  /** The sender's path; undefined if no actor has sent it. */
  readonly from: string | undefined
  readonly isAsk: boolean
  /** Answers an ask. @throws {Fault} `message-unasked` `payload-unencodable` */
  reply(value: R): void
  /** Answers an ask with a fault. @throws {Fault} `message-unasked` */
  fail(fault: Fault): void
}

export class TakenMessage implements ProbeMessage {
  readonly #host: Host
  readonly #envelope: Envelope
  readonly #onAnswer: (message: TakenMessage) => void

  constructor(host: Host, envelope: Envelope, onAnswer: (message: TakenMessage) => void) {
    this.#host = host
    this.#envelope = envelope
    this.#onAnswer = onAnswer
  }

  get name(): string {
    return this.#envelope.name
  }

  get payload(): unknown {
    return this.#envelope.payload
  }

  get from(): string | undefined {
    return this.#envelope.from?.path
  }

  get isAsk(): boolean {
    return this.#envelope.origin?.isAsk === true
  }

  /** A second answer, and one after the deadline, is counted as late and dropped. @throws {Fault} `message-unasked` `payload-unencodable` */
  reply(value: unknown): void {
    const origin = this.#origin()
    const flaw = this.#host.isStrict ? this.#host.flawOf(value) : undefined
    if (flaw !== undefined) {
      throw new Fault('payload-unencodable', `Cannot reply to "${this.name}": ${flaw.path} is ${flaw.what}`, {
        hint: 'Reply with plain data, refs, or a Fault.',
      })
    }
    this.#onAnswer(this)
    origin.settle(value)
  }

  /** @throws {Fault} `message-unasked` */
  fail(fault: Fault): void {
    const origin = this.#origin()
    this.#onAnswer(this)
    origin.refuse(fault)
  }

  /** The test has ended without an answer. */
  abandon(): void {
    const { origin } = this.#envelope
    if (origin?.wanted === true) origin.refuse(deathFault(this.#envelope, 'handler-abandoned'))
  }

  #origin(): NonNullable<Envelope['origin']> {
    const { origin } = this.#envelope
    if (origin !== undefined) return origin
    throw new Fault(
      'message-unasked',
      `Cannot answer "${this.name}": it was told, nobody waits for a reply`,
      {
        hint: 'Tell the answer to a ref that the payload carries, or let the sender ask.',
      },
    )
  }
}
