// Dead letters: what could not be handled, counted by reason, sampled and ready to be sent again.
import type { Fault } from './fault.ts'
import type { Envelope } from './envelope.ts'

/** Dead letters kept to look at and to replay; older ones are only counted. */
export const deadLettersKeptMax = 1_000
/** Quarantined messages kept apart, so that a flood of others does not push them out. */
export const quarantineKeptMax = 100

/** Why a message was not handled. */
export type DeadReason =
  | 'actor-unknown'
  | 'actor-stopped'
  | 'actor-failed'
  | 'actor-killed'
  | 'mailbox-full'
  | 'message-dropped'
  | 'message-unknown'
  | 'message-unwanted'
  | 'handler-failed'
  | 'message-poisoned'
  | 'handler-abandoned'

export interface DeadLetter {
  readonly id: number
  readonly reason: DeadReason
  readonly atMs: number
  readonly envelope: Envelope
  readonly fault: Fault | undefined
}

/** Counts each dead letter; keeps the newest. */
export class DeadLetters {
  readonly #kept = new Map<number, DeadLetter>()
  readonly #quarantine = new Map<number, DeadLetter>()
  readonly #counts = new Map<DeadReason, number>()
  readonly #nowMs: () => number
  #total = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  get total(): number {
    return this.#total
  }

  /** How many there were of each reason. */
  counts(): Record<string, number> {
    return Object.fromEntries(this.#counts)
  }

  add(reason: DeadReason, envelope: Envelope, fault: Fault | undefined): void {
    const id = ++this.#total
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
    const kept = reason === 'message-poisoned' ? this.#quarantine : this.#kept
    kept.set(id, { id, reason, atMs: this.#nowMs(), envelope, fault })
    if (kept.size > (kept === this.#kept ? deadLettersKeptMax : quarantineKeptMax)) {
      for (const oldest of kept.keys()) {
        kept.delete(oldest)
        break
      }
    }
  }

  /** The kept ones in the order they died. */
  list(): DeadLetter[] {
    return [...this.#kept.values(), ...this.#quarantine.values()].toSorted((a, b) => a.id - b.id)
  }

  /** Takes one out, to be sent again. */
  take(id: number): DeadLetter | undefined {
    const letter = this.#kept.get(id) ?? this.#quarantine.get(id)
    if (letter === undefined) return undefined
    this.#kept.delete(id)
    this.#quarantine.delete(id)
    return letter
  }
}
