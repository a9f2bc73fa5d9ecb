// Grants: the leader's book of heartbeats that it has acknowledged, and of when their senders' leases are over for certain.
import { leaseBoundMs } from './timing.ts'
import type { MemberNumber } from './opinion.ts'
import type { LeaseTiming } from './timing.ts'

/** Heartbeats of one member that wait for the quorum; the oldest goes, a later one is worth more. */
export const heldBeatsMax = 16

interface Held {
  readonly sequence: number
  readonly receivedMs: number
}

export interface GrantsOptions {
  readonly timing: LeaseTiming
  /**
   * No leader before this one has acknowledged a heartbeat that was received later, on this node's clock: the time of the election, or the
   * latest time at which a voter that elected it heard another leader.
   */
  readonly grantsBeforeMs: number
  readonly grant: (member: MemberNumber, sequence: number) => void
}

/**
 * A heartbeat is acknowledged only when a round of the council that began after it was received has been answered by a quorum: then nobody
 * else led at that time, and whoever leads next begins to reckon after it. That needs no assumption about elections, and of clocks only that
 * they drift less than `drift`.
 */
export class Grants {
  readonly #options: GrantsOptions
  readonly #held = new Map<MemberNumber, Held[]>()
  readonly #granted = new Map<MemberNumber, number>()
  readonly #withheld = new Set<MemberNumber>()

  constructor(options: GrantsOptions) {
    this.#options = options
  }

  heard(member: MemberNumber, sequence: number, receivedMs: number): void {
    if (this.#withheld.has(member)) return
    const held = this.#held.get(member) ?? []
    held.push({ sequence, receivedMs })
    if (held.length > heldBeatsMax) held.shift()
    this.#held.set(member, held)
  }

  /** A quorum has answered a round that began then. */
  confirmed(beganMs: number): void {
    for (const [member, held] of this.#held) {
      let last: Held | undefined
      while (held[0] !== undefined && held[0].receivedMs <= beganMs) last = held.shift()
      if (last === undefined) continue
      this.#granted.set(member, last.receivedMs)
      this.#options.grant(member, last.sequence)
    }
  }

  /** Acknowledges nothing of these any more, and of all others again. */
  withhold(members: ReadonlySet<MemberNumber>): void {
    for (const member of this.#withheld) if (!members.has(member)) this.#withheld.delete(member)
    for (const member of members) {
      this.#withheld.add(member)
      this.#held.delete(member)
    }
  }

  forget(member: MemberNumber): void {
    this.#held.delete(member)
    this.#granted.delete(member)
    this.#withheld.delete(member)
  }

  /** When the last heartbeat that was acknowledged had been received. */
  grantedMs(member: MemberNumber): number | undefined {
    return this.#granted.get(member)
  }

  mayRemove(member: MemberNumber, nowMs: number): boolean {
    return nowMs >= leaseOverMs(this.grantedMs(member), this.#options.grantsBeforeMs, this.#options.timing)
  }
}

/** From when on a member cannot hold a lease, on the leader's clock, if it is given no more. */
export function leaseOverMs(
  grantedMs: number | undefined,
  grantsBeforeMs: number,
  timing: LeaseTiming,
): number {
  return Math.max(grantedMs ?? grantsBeforeMs, grantsBeforeMs) + leaseBoundMs(timing)
}
