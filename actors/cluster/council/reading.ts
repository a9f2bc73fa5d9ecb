// Reading: how a leader finds out that it still leads before it says up to where everything is decided.

/** Reads that wait for a quorum. */
export const readsWaitingMax = 8_192

interface WaitingRead {
  readonly from: number
  readonly id: number
  /** Undefined until the leader has decided something in its term. */
  index: number | undefined
  /** Answers to messages from this round on count. */
  round: number
}

/** What the leader knows when it looks at them. */
export interface ReadView {
  readonly commit: number
  readonly isStarted: boolean
  readonly hasLease: boolean
  /** The round of the next message. */
  readonly nextRound: number
  /** The highest round that a quorum has answered. */
  readonly quorumRound: number
}

export interface ReadAnswer {
  readonly to: number
  readonly id: number
  readonly index: number
}

export class Reading {
  #waiting: WaitingRead[] = []
  /** Whether a round has to be sent for those that wait. */
  needsRound = false
  /** Asked when too many waited: the askers ask again. */
  dropped = 0

  get count(): number {
    return this.#waiting.length
  }

  ask(from: number, id: number): void {
    if (this.#waiting.length < readsWaitingMax)
      this.#waiting.push({ from, id, index: undefined, round: Infinity })
    else this.dropped++
  }

  /** Rules 15 and 16. @returns those that are answered now */
  answers(view: ReadView): ReadAnswer[] {
    if (this.#waiting.length === 0 || !view.isStarted) return []
    for (const read of this.#waiting) {
      if (read.index !== undefined) continue
      read.index = view.commit
      read.round = view.nextRound
      this.needsRound ||= !view.hasLease
    }
    const isReady = (read: WaitingRead): boolean => view.hasLease || view.quorumRound >= read.round
    const ready = this.#waiting.filter((read) => isReady(read))
    if (ready.length > 0) this.#waiting = this.#waiting.filter((read) => !isReady(read))
    return ready.map(({ from, id, index }) => ({ to: from, id, index: index ?? view.commit }))
  }
}
