// A vigil: this node's sentinel with the council and the sessions around it. It says who is heard, freezes this node, and has others removed.
import { FailureCodec } from './failure-codec.ts'
import { seatOf } from './seat.ts'
import { Sentinel } from '../../actors/cluster/failure/sentinel.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { Council } from '../../actors/cluster/council/council.ts'
import type { Random } from '../../runtime/random.ts'
import type { FailureDecision } from '../../actors/cluster/failure/decision.ts'

/** Between two looks at what the council has confirmed, in milliseconds; half of its heartbeats. */
export const vigilEveryMs = 50

export interface VigilParts {
  readonly clock: Clock
  readonly random: Random
  readonly member: number
  facts(): ClusterFacts
  council(): Council
  say(member: number, bytes: Uint8Array): void
  /** How long this node may act has become longer, or has ended. */
  leaseChanged(): void
  /** This node may no longer do what must be unique. */
  frozen(): void
  thawed(): void
  /** A member is to be removed, for reasons that are kept. @returns whether that is certain not to happen */
  remove(decision: FailureDecision): Promise<boolean>
}

export class Vigil {
  readonly sentinel: Sentinel
  readonly #parts: VigilParts
  readonly #codec = new FailureCodec()
  #alarm: Alarm | undefined = undefined
  #term: number | undefined = undefined
  /** What was no message of a sentinel. */
  malformed = 0

  constructor(parts: VigilParts) {
    this.#parts = parts
    const { clock, random, member } = parts
    this.sentinel = new Sentinel({
      self: member,
      clock,
      random,
      send: (to, message) => parts.say(to, this.#codec.encode(message)),
      onFrozen: () => {
        parts.leaseChanged()
        parts.frozen()
      },
      onThawed: () => {
        parts.leaseChanged()
        parts.thawed()
      },
      onDecision: (decision) => void this.#remove(decision),
    })
    this.renew()
    this.sentinel.start()
    this.#look()
  }

  close(): void {
    this.#alarm?.cancel()
    this.sentinel.close()
  }

  take(from: number, bytes: Uint8Array): void {
    const message = this.#codec.decode(bytes)
    if (message === undefined) this.malformed++
    else this.sentinel.receive(from, message)
    if (message?.type === 'grant') this.#parts.leaseChanged()
  }

  /** The members, or who votes, are others than before. */
  renew(): void {
    const facts = this.#parts.facts()
    const voters = new Set(this.#parts.council().voters)
    const members = [...facts.members()].map(({ number, name, peer }) => ({
      member: number,
      name,
      isVoter: voters.has(seatOf(peer)),
    }))
    this.sentinel.view({ view: facts.view, members })
  }

  /** Leader, term or voters are others than before. */
  councilChanged(): void {
    const council = this.#parts.council()
    this.renew()
    if (council.role === 'leader') {
      if (this.#term !== council.term) void this.#lead(council.term)
      return
    }
    this.#term = undefined
    const leader = [...this.#parts.facts().members()].find(({ peer }) => seatOf(peer) === council.leader)
    this.sentinel.follows(leader?.number)
  }

  /** Judges only once all is known here that was decided before. */
  async #lead(term: number): Promise<void> {
    this.#term = term
    const grantsBeforeMs = this.#parts.council().soleSinceMs
    try {
      await this.#parts.council().read()
    } catch {
      if (this.#term === term) this.#term = undefined
      return
    }
    const council = this.#parts.council()
    if (this.#term !== term || council.role !== 'leader' || council.term !== term) return
    this.sentinel.leads({ term, grantsBeforeMs })
  }

  #look(): void {
    const { clock, council } = this.#parts
    if (council().role === 'leader') {
      if (this.#term === undefined) this.councilChanged()
      this.sentinel.confirmed(Math.min(council().contactMs, clock.now()))
      this.#parts.leaseChanged()
    }
    this.#alarm = clock.alarm(clock.now() + vigilEveryMs, () => this.#look())
  }

  async #remove(decision: FailureDecision): Promise<void> {
    if (await this.#parts.remove(decision)) this.sentinel.refused(decision.subject)
  }
}
