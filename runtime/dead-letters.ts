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
  | 'wire-full'
  | 'payload-unencodable'
  | 'thread-lost'
  | 'node-lost'
  | 'entities-full'
  | 'entity-cooling'
  | 'senders-full'

export interface DeadLetter {
  readonly id: number
  readonly reason: DeadReason
  readonly atMs: number
  readonly envelope: Envelope
  readonly fault: Fault | undefined
}

/** Counts each dead letter; keeps the newest. */
export class DeadLetters {
  readonly #kept = new Shelf(deadLettersKeptMax)
  readonly #quarantine = new Shelf(quarantineKeptMax)
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
    const shelf = reason === 'message-poisoned' ? this.#quarantine : this.#kept
    shelf.add({ id, reason, atMs: this.#nowMs(), envelope, fault })
  }

  /** The kept ones in the order they died. */
  list(): DeadLetter[] {
    return [...this.#kept.letters(), ...this.#quarantine.letters()].toSorted((a, b) => a.id - b.id)
  }

  /** Takes one out, to be sent again. */
  take(id: number): DeadLetter | undefined {
    return this.#kept.take(id) ?? this.#quarantine.take(id)
  }
}

/**
 * The last letters of one kind, in a ring. A map would have to lose its oldest for each new one: it is copied every thousand times, and
 * the copies keep what they have lost from the collector.
 */
class Shelf {
  readonly #places: (DeadLetter | undefined)[] = []
  readonly #max: number
  #added = 0

  constructor(max: number) {
    this.#max = max
  }

  add(letter: DeadLetter): void {
    this.#places[this.#added++ % this.#max] = letter
  }

  letters(): DeadLetter[] {
    return this.#places.filter((letter) => letter !== undefined)
  }

  take(id: number): DeadLetter | undefined {
    const index = this.#places.findIndex((letter) => letter?.id === id)
    const letter = this.#places[index]
    if (letter !== undefined) this.#places[index] = undefined
    return letter
  }
}
