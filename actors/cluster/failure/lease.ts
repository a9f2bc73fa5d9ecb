// A lease: one member's right to do what must be unique, for as long as the leader cannot have given it to another.
import { leaseMsDefault } from './timing.ts'
import type { Alarm, Clock } from '../../../runtime/clock.ts'

/** Heartbeats whose time of sending is remembered; an acknowledgement of an older one is worth nothing any more. */
export const sentBeatsMax = 256

export interface LeaseOptions {
  readonly clock: Clock
  /** Default `leaseMsDefault`. The leader must reckon with the same. */
  readonly leaseMs?: number | undefined
  /** The right has ended: what must be unique stops now. Comes late if the node stalls, so acts ask `isValid` themselves. */
  readonly onFrozen: () => void
  readonly onThawed: () => void
}

interface Sent {
  readonly sequence: number
  readonly atMs: number
  readonly wallMs: number
}

/**
 * Runs from the sending of a heartbeat, not from its acknowledgement: whatever the way there and back takes shortens it. By this node's own
 * monotonic clock; since that stands still while a machine sleeps, the wall clock must agree, and a wall clock set forward freezes for a beat.
 */
export class Lease {
  readonly #clock: Clock
  readonly #leaseMs: number
  readonly #options: LeaseOptions
  readonly #sent: Sent[] = []
  #base: Sent | undefined = undefined
  #isFrozen = true
  #alarm: Alarm | undefined = undefined

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#clock = options.clock
    this.#leaseMs = options.leaseMs ?? leaseMsDefault
  }

  /** Whether this node may do what must be unique, at this moment. */
  get isValid(): boolean {
    const base = this.#base
    if (base === undefined) return false
    return this.#clock.now() < this.untilMs && this.#clock.wall() - base.wallMs < this.#leaseMs
  }

  /** When it ends on this node's clock; -Infinity before the first. */
  get untilMs(): number {
    return this.#base === undefined ? -Infinity : this.#base.atMs + this.#leaseMs
  }

  /** A heartbeat leaves now. Called before it is sent. */
  sent(sequence: number): void {
    this.#sent.push({ sequence, atMs: this.#clock.now(), wallMs: this.#clock.wall() })
    if (this.#sent.length > sentBeatsMax) this.#sent.shift()
  }

  /** The leader has acknowledged the heartbeat. */
  granted(sequence: number): void {
    const index = this.#sent.findIndex((sent) => sent.sequence === sequence)
    const sent = this.#sent[index]
    if (sent === undefined) return
    this.#sent.splice(0, index + 1)
    this.#extend(sent)
  }

  /** This node leads, and a quorum has answered a round that it began at that time of its own clock. */
  confirmed(beganMs: number): void {
    const ageMs = this.#clock.now() - beganMs
    this.#extend({ sequence: 0, atMs: beganMs, wallMs: this.#clock.wall() - ageMs })
  }

  close(): void {
    this.#alarm?.cancel()
    this.#alarm = undefined
    this.#base = undefined
    this.#isFrozen = true
  }

  #extend(base: Sent): void {
    if (this.#base !== undefined && base.atMs <= this.#base.atMs) return
    this.#base = base
    if (!this.isValid) return
    this.#alarm ??= this.#clock.alarm(this.untilMs, () => this.#expired())
    if (!this.#isFrozen) return
    this.#isFrozen = false
    this.#options.onThawed()
  }

  /** One alarm for many extensions: it looks again when the lease that it was set for is over. */
  #expired(): void {
    this.#alarm = undefined
    if (this.isValid) {
      this.#alarm = this.#clock.alarm(this.untilMs, () => this.#expired())
      return
    }
    if (this.#isFrozen) return
    this.#isFrozen = true
    this.#options.onFrozen()
  }
}
