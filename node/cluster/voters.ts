// Voters: the leader keeps the council's votes with nodes that live, one change at a time.
import { nextVoterChange } from '../../actors/cluster/placement/next-voter-change.ts'
import { seatOf } from './seat.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { Council } from '../../actors/cluster/council/council.ts'
import type { VoterMember } from '../../actors/cluster/placement/next-voter-change.ts'

/** How long a vote waits for a node that is gone, in milliseconds: most come back, and what they have kept counts until then. */
export const voteKeptMs = 600_000
/** Between two looks, in milliseconds. */
export const votersEveryMs = 500

export interface VotersParts {
  readonly clock: Clock
  facts(): ClusterFacts
  council(): Council
}

export class Voters {
  readonly #parts: VotersParts
  /** Since when a seat has nobody. */
  readonly #emptyMs = new Map<number, number>()
  #isChanging = false

  constructor(parts: VotersParts) {
    this.#parts = parts
  }

  /** Looks whether somebody is to get a vote or to lose it. Does nothing on a node that does not lead. */
  look(): void {
    const council = this.#parts.council()
    if (council.role !== 'leader') {
      this.#emptyMs.clear()
      return
    }
    if (this.#isChanging) return
    const change = this.#next(council)
    if (change === undefined) return
    this.#isChanging = true
    council.changeVoters(change).then(
      () => {
        this.#isChanging = false
        // With an even number one more loss is a loss too many: the next change follows at once.
        this.look()
      },
      () => {
        // Whatever came of it, the next look begins with what is so then.
        this.#isChanging = false
      },
    )
  }

  /** In seats, the council's numbers. */
  #next(council: Council): { readonly add: number } | { readonly remove: number } | undefined {
    const members: VoterMember[] = [...this.#parts.facts().members()].map(({ peer, kind, status }) => ({
      number: seatOf(peer),
      kind,
      status,
    }))
    const seated = new Set(members.map(({ number }) => number))
    const nowMs = this.#parts.clock.now()
    for (const seat of this.#emptyMs.keys()) if (seated.has(seat)) this.#emptyMs.delete(seat)
    for (const seat of council.voters) {
      if (seated.has(seat)) continue
      const sinceMs = this.#emptyMs.get(seat) ?? nowMs
      this.#emptyMs.set(seat, sinceMs)
      const isAwaited = nowMs - sinceMs < voteKeptMs && !this.#hasLeft(seat)
      if (isAwaited) members.push({ number: seat, kind: 'trusted', status: 'up' })
    }
    return nextVoterChange(members, council.voters, council.leader)
  }

  /** Who has left in order may not come back for long, and says so by joining. */
  #hasLeft(seat: number): boolean {
    const last = this.#parts
      .facts()
      .ended()
      .findLast(({ peer }) => seatOf(peer) === seat)
    return last?.end === 'left'
  }
}
