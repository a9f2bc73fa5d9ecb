// A mailbox: the messages that wait for one actor, an inline slot for the first and a ring for the rest.
import type { Envelope } from './envelope.ts'

/** A ring longer than this is given back when it runs empty, so that one burst does not cost memory for ever. */
const ringKeptMax = 1_024

const none: (Envelope | undefined)[] = []

/**
 * First in, first out. The slot spares an actor with one waiting message the ring's memory; the ring doubles as it fills.
 * The bound is the caller's: the mailbox itself takes what it is given.
 */
export class Mailbox {
  #slot: Envelope | undefined = undefined
  #ring = none
  #head = 0
  #tail = 0

  get count(): number {
    return this.#tail - this.#head + (this.#slot === undefined ? 0 : 1)
  }

  get isEmpty(): boolean {
    return this.#slot === undefined && this.#head === this.#tail
  }

  push(envelope: Envelope): void {
    if (this.#head === this.#tail && this.#slot === undefined) {
      this.#slot = envelope
      return
    }
    if (this.#tail - this.#head === this.#ring.length) this.#grow()
    this.#ring[this.#tail & (this.#ring.length - 1)] = envelope
    this.#tail = (this.#tail + 1) | 0
  }

  shift(): Envelope | undefined {
    const first = this.#slot
    if (first !== undefined) {
      this.#slot = undefined
      return first
    }
    if (this.#head === this.#tail) return undefined
    const index = this.#head & (this.#ring.length - 1)
    const envelope = this.#ring[index]
    this.#ring[index] = undefined
    this.#head = (this.#head + 1) | 0
    if (this.#head === this.#tail && this.#ring.length > ringKeptMax) this.#ring = none
    return envelope
  }

  /** Puts a message back in front of all others. */
  unshift(envelope: Envelope): void {
    const first = this.#slot
    this.#slot = envelope
    if (first === undefined) return
    if (this.#tail - this.#head === this.#ring.length) this.#grow()
    this.#head = (this.#head - 1) | 0
    this.#ring[this.#head & (this.#ring.length - 1)] = first
  }

  /** The messages in order, at most `max` of them, left where they are. */
  peek(max: number): Envelope[] {
    const seen: Envelope[] = []
    if (this.#slot !== undefined) seen.push(this.#slot)
    for (let i = this.#head; i !== this.#tail && seen.length < max; i = (i + 1) | 0) {
      const envelope = this.#ring[i & (this.#ring.length - 1)]
      if (envelope !== undefined) seen.push(envelope)
    }
    return seen.slice(0, max)
  }

  #grow(): void {
    const size = this.#ring.length
    const count = this.#tail - this.#head
    const ring: (Envelope | undefined)[] = Array.from({ length: size === 0 ? 4 : size * 2 })
    for (let i = 0; i < count; i++) ring[i] = this.#ring[(this.#head + i) & (size - 1)]
    this.#ring = ring
    this.#head = 0
    this.#tail = count
  }
}
