// A detector: listens to all members and says whom it does not trust, and why.
import { OwnLag } from './own-lag.ts'
import { PeerHealth } from './peer-health.ts'
import { Probes } from './probes.ts'
import { probeEveryMs } from './timing.ts'
import type { Random } from '../../../runtime/random.ts'
import type { FailureMessage } from './failure-message.ts'
import type { MemberNumber, Opinion } from './opinion.ts'

export interface DetectorOptions {
  readonly self: MemberNumber
  readonly random: Random
  readonly send: (to: MemberNumber, message: FailureMessage) => void
}

export class Detector {
  readonly lag: OwnLag = new OwnLag()
  readonly #self: MemberNumber
  readonly #probes: Probes
  readonly #send: (to: MemberNumber, message: FailureMessage) => void
  readonly #peers = new Map<MemberNumber, PeerHealth>()

  constructor({ self, random, send }: DetectorOptions) {
    this.#self = self
    this.#send = send
    this.#probes = new Probes(random, send)
  }

  get peers(): Iterable<PeerHealth> {
    return this.#peers.values()
  }

  peer(member: MemberNumber): PeerHealth | undefined {
    return this.#peers.get(member)
  }

  members(numbers: readonly MemberNumber[], nowMs: number): void {
    const living = new Set(numbers)
    for (const gone of this.#peers.keys()) {
      if (living.has(gone)) continue
      this.#peers.delete(gone)
      for (const peer of this.#peers.values()) peer.forget(gone)
    }
    for (const member of living) {
      if (member === this.#self || this.#peers.has(member)) continue
      this.#peers.set(member, new PeerHealth(member, this.lag.awakeMs(nowMs)))
    }
  }

  heard(member: MemberNumber, nowMs: number): void {
    this.#peers.get(member)?.heard(this.lag.awakeMs(nowMs))
  }

  /** A message of a member; whatever it says, the member lives. */
  receive(from: MemberNumber, message: FailureMessage, nowMs: number): void {
    const peer = this.#peers.get(from)
    if (peer === undefined) return
    const awakeMs = this.lag.awakeMs(nowMs)
    peer.heard(awakeMs)
    switch (message.type) {
      case 'beat':
        return peer.beat(message.sequence, message.lagMs, awakeMs)
      case 'grant':
        return
      case 'probe':
        if (this.#peers.has(message.subject)) this.#probes.asked(from, message)
        return
      case 'ping':
        return this.#send(from, { type: 'pong', nonce: message.nonce })
      case 'pong':
        return this.#probes.ponged(from, message.nonce)
      case 'alive':
        this.#peers.get(message.subject)?.aliveAt(from, awakeMs)
    }
  }

  /** This node was cut off itself: that it did not hear the others says nothing of them. */
  pardon(nowMs: number): void {
    for (const peer of this.#peers.values()) peer.pardon(this.lag.awakeMs(nowMs))
  }

  /** Looks at everybody. @returns whether a suspicion has begun or ended */
  look(nowMs: number): boolean {
    const awakeMs = this.lag.awakeMs(nowMs)
    let hasChanged = false
    for (const peer of this.#peers.values()) {
      if (peer.look(awakeMs) !== 'unchanged') hasChanged = true
      if (peer.isSuspected) this.#probe(peer, awakeMs)
    }
    return hasChanged
  }

  /** Whom this node does not trust. */
  opinions(nowMs: number): Opinion[] {
    const awakeMs = this.lag.awakeMs(nowMs)
    const opinions: Opinion[] = []
    for (const peer of this.#peers.values()) {
      const opinion = peer.opinion(awakeMs)
      if (opinion !== undefined) opinions.push(opinion)
    }
    return opinions
  }

  #probe(peer: PeerHealth, awakeMs: number): void {
    if (awakeMs - peer.probedMs < probeEveryMs) return
    peer.probedMs = awakeMs
    const trusted = [...this.#peers.values()].filter((one) => !one.isSuspected)
    this.#probes.ask(
      peer.member,
      trusted.map(({ member }) => member),
    )
  }
}
