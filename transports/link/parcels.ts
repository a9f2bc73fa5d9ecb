// Parcels: messages of a link that are so large that they travel on a wire of their own; here each gets back its place among the others.
import * as record from './record.ts'
import type { Arrival } from './lane-reader.ts'

/** Bytes of a payload from which a message is a parcel: a tenth of a millisecond of a fast network. */
export const parcelBytesMin = 131_072
/** Records that wait behind parcels of one link; whoever sends more is cut off. */
export const parcelsHeldMax = 100_000
/** Bytes of frames whose records wait behind parcels, or are parcels before their turn. */
export const parcelsHeldBytesMax = 268_435_456

/** A parcel's number where it is to be handed over, or what waits behind it. */
type Place<P> = number | Kept<P>

interface Kept<P> extends Arrival<P> {
  readonly bytes: number
}

/**
 * Two wires have no common order. On the one for messages a mark says where the parcel belongs; what comes behind the mark for the same receiver
 * waits until the parcel has come, and a parcel that comes before its mark waits for that. All others go on.
 */
export class Parcels<P extends { readonly path: string }> {
  readonly #deliver: (arrival: Arrival<P>) => void
  /** What waits, by the receiver's path. */
  readonly #queues = new Map<string, Place<P>[]>()
  /** Parcels that came before their turn. */
  readonly #early = new Map<number, Kept<P> | 'missing'>()
  /** Whose a parcel is whose mark has come. */
  readonly #marked = new Map<number, string>()
  /** What comes behind all messages, and so behind all parcels. */
  readonly #last: Arrival<P>[] = []
  #held = 0
  /** What waits costs so much; set anew whenever nothing waits. */
  #heldBytes = 0
  /** Bytes of the frame that is read, until one of its records is kept: that one stands for all. */
  frameBytes = 0

  constructor(deliver: (arrival: Arrival<P>) => void) {
    this.#deliver = deliver
  }

  /** Whether so much waits that this can be no honest sender. */
  get isCrowded(): boolean {
    const waiting = this.#held + this.#early.size + this.#marked.size + this.#last.length
    if (waiting === 0) this.#heldBytes = 0
    return waiting >= parcelsHeldMax || this.#heldBytes > parcelsHeldBytesMax
  }

  /** A record on the wire for messages. */
  take(arrival: Arrival<P>): void {
    const { kind, to, id } = arrival
    if (kind === record.parcel) this.#mark(to?.path ?? '', id)
    else if (this.#marked.size === 0) this.#deliver(arrival)
    else if (kind === record.echo) this.#last.push({ ...arrival })
    else {
      const queue = to === undefined ? undefined : this.#queues.get(to.path)
      if (queue === undefined) this.#deliver(arrival)
      else {
        this.#held++
        queue.push(this.#kept(arrival))
      }
    }
  }

  /** A parcel, on the wire for those. */
  came(arrival: Arrival<P>): void {
    const parcel = arrival.beside?.parcel
    if (parcel === undefined) return
    this.#arrive(parcel, this.#kept(arrival))
  }

  /** A parcel that was marked and does not come: it could not be packed any more. */
  missing(parcel: number): void {
    this.#arrive(parcel, 'missing')
  }

  #kept(arrival: Arrival<P>): Kept<P> {
    const bytes = this.frameBytes
    this.frameBytes = 0
    this.#heldBytes += bytes
    return { ...arrival, bytes }
  }

  #arrive(parcel: number, arrival: Kept<P> | 'missing'): void {
    this.#early.set(parcel, arrival)
    const path = this.#marked.get(parcel)
    if (path !== undefined) this.#goOn(path)
  }

  #mark(path: string, parcel: number): void {
    this.#marked.set(parcel, path)
    const queue = this.#queues.get(path)
    if (queue === undefined) this.#queues.set(path, [parcel])
    else queue.push(parcel)
    this.#goOn(path)
  }

  /** Hands over what no parcel is missing before. */
  #goOn(path: string): void {
    const queue = this.#queues.get(path) ?? []
    let done = 0
    for (const place of queue) {
      const arrival = typeof place === 'number' ? this.#early.get(place) : place
      if (arrival === undefined) break
      done++
      if (typeof place === 'number') {
        this.#early.delete(place)
        this.#marked.delete(place)
      } else this.#held--
      if (arrival === 'missing') continue
      this.#heldBytes -= arrival.bytes
      this.#deliver(arrival)
    }
    queue.splice(0, done)
    if (queue.length === 0) this.#queues.delete(path)
    if (this.#marked.size === 0) for (const arrival of this.#last.splice(0)) this.#deliver(arrival)
  }
}
