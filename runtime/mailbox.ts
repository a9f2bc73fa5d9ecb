// A mailbox: the messages that wait for one actor, an inline slot for the first and a ring for the rest.
import type { Envelope } from './envelope.ts'

/** A ring longer than this is given back when it runs empty, so that one burst does not cost memory for ever. */
const ringKeptMax = 1_024

type Ring = (Envelope | undefined)[]

const none: Ring = []

/**
 * First in, first out. The slot spares an actor with one waiting message the ring's memory; the ring doubles as it fills.
 * The bound is the caller's: the mailbox itself takes what it is given.
 */
export class Mailbox {
  #slot: Envelope | undefined = undefined
  /** A power of two long, or none. */
  #ring = none
  /** Where in the ring the first message is, and how many there are from there on, round the end. */
  #head = 0
  #ringCount = 0

  get count(): number {
    return this.#ringCount + (this.#slot === undefined ? 0 : 1)
  }

  get isEmpty(): boolean {
    return this.#slot === undefined && this.#ringCount === 0
  }

  push(envelope: Envelope): void {
    if (this.#ringCount === 0 && this.#slot === undefined) {
      this.#slot = envelope
      return
    }
    if (this.#ringCount === this.#ring.length) this.#ring = grown(this.#ring, this.#head)
    this.#ring[(this.#head + this.#ringCount) & (this.#ring.length - 1)] = envelope
    this.#ringCount++
  }

  shift(): Envelope | undefined {
    const first = this.#slot
    if (first !== undefined) {
      this.#slot = undefined
      return first
    }
    if (this.#ringCount === 0) return undefined
    const envelope = this.#ring[this.#head]
    this.#ring[this.#head] = undefined
    this.#head = (this.#head + 1) & (this.#ring.length - 1)
    this.#ringCount--
    if (this.#ringCount === 0 && this.#ring.length > ringKeptMax) {
      this.#ring = none
      this.#head = 0
    }
    return envelope
  }

  /** Puts a message back in front of all others. */
  unshift(envelope: Envelope): void {
    const first = this.#slot
    this.#slot = envelope
    if (first === undefined) return
    if (this.#ringCount === this.#ring.length) this.#ring = grown(this.#ring, this.#head)
    this.#head = (this.#head - 1) & (this.#ring.length - 1)
    this.#ring[this.#head] = first
    this.#ringCount++
  }

  /** The messages in order, at most `max` of them, left where they are. */
  peek(max: number): Envelope[] {
    const seen: Envelope[] = this.#slot === undefined ? [] : [this.#slot]
    for (let i = 0; i < this.#ringCount && seen.length < max; i++) {
      const envelope = this.#ring[(this.#head + i) & (this.#ring.length - 1)]
      if (envelope !== undefined) seen.push(envelope)
    }
    return seen.slice(0, max)
  }
}

/** A full ring with twice the room: what had gone round its end now follows the rest, so that the head stays where it is. */
function grown(ring: Ring, head: number): Ring {
  if (ring.length === 0) return [undefined, undefined, undefined, undefined]
  return ring
    .concat(ring)
    .fill(undefined, 0, head)
    .fill(undefined, ring.length + head)
}
