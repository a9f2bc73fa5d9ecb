// Probes: asks others whether they hear a member that is silent here, and answers when others ask.
import { probeHelpersMax } from './timing.ts'
import type { Random } from '../../../runtime/random.ts'
import type { Alive, FailureMessage, Probe } from './failure-message.ts'
import type { MemberNumber } from './opinion.ts'

/** Questions of others that wait for an answer at once; the oldest is dropped, and will be asked again. */
export const pingsMax = 256

interface Asked {
  readonly asker: MemberNumber
  readonly subject: MemberNumber
  readonly nonce: number
}

export class Probes {
  readonly #random: Random
  readonly #send: (to: MemberNumber, message: FailureMessage) => void
  /** Pings that were sent for others, by the nonce of the ping. */
  readonly #asked = new Map<number, Asked>()
  #nonce = 0
  /** Questions of others that were dropped. */
  dropped = 0

  constructor(random: Random, send: (to: MemberNumber, message: FailureMessage) => void) {
    this.#random = random
    this.#send = send
  }

  /** Asks some of the helpers, drawn by chance: who is asked must not depend on who is suspected. */
  ask(subject: MemberNumber, helpers: readonly MemberNumber[]): void {
    const left = helpers.filter((helper) => helper !== subject)
    for (let count = 0; count < probeHelpersMax && left.length > 0; count++) {
      const [helper] = left.splice(this.#random.integer(left.length), 1)
      if (helper !== undefined) this.#send(helper, { type: 'probe', subject, nonce: ++this.#nonce })
    }
  }

  asked(asker: MemberNumber, { subject, nonce }: Probe): void {
    if (this.#asked.size >= pingsMax) {
      const [oldest] = this.#asked.keys()
      if (oldest !== undefined) this.#asked.delete(oldest)
      this.dropped++
    }
    const own = ++this.#nonce
    this.#asked.set(own, { asker, subject, nonce })
    this.#send(subject, { type: 'ping', nonce: own })
  }

  ponged(from: MemberNumber, nonce: number): void {
    const asked = this.#asked.get(nonce)
    if (asked === undefined || asked.subject !== from) return
    this.#asked.delete(nonce)
    const alive: Alive = { type: 'alive', subject: from, nonce: asked.nonce }
    this.#send(asked.asker, alive)
  }
}
