// Refusals: what was turned away at the door of a node, counted by reason, and told to whoever wants to hear of it.

/**
 * `handshakes-full` more handshakes under way than allowed · `handshake-failed` no TLS of ours, or none in time · `protocol-unknown` another
 * protocol than the node speaks · `peer-refused` no certificate that is believed · `peer-connections-full` one peer holds too many
 * connections · `foyer-full` · `foyer-overrun` a guest of the foyer said or stayed too much · `upgrade-failed` libp2p would not have it ·
 * `relay-overrun` a relayed connection whose receiver does not keep up · `certificate-dropped` a connection that stood when its peer
 * stopped being admitted.
 */
export type RefusalReason =
  | 'handshakes-full'
  | 'handshake-failed'
  | 'protocol-unknown'
  | 'peer-refused'
  | 'peer-connections-full'
  | 'foyer-full'
  | 'foyer-overrun'
  | 'upgrade-failed'
  | 'relay-overrun'
  | 'certificate-dropped'

export interface Refusal {
  readonly reason: RefusalReason
  /** Where it came from, as far as it is known. */
  readonly address: string
  readonly cause: Error | undefined
}

/** Counts; keeps nothing else of what was refused. */
export class Refusals {
  readonly #counts = new Map<RefusalReason, number>()
  readonly #heard: ((refusal: Refusal) => void) | undefined

  constructor(heard?: (refusal: Refusal) => void) {
    this.#heard = heard
  }

  get counts(): ReadonlyMap<RefusalReason, number> {
    return this.#counts
  }

  add(reason: RefusalReason, address: string, cause?: Error): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1)
    this.#heard?.({ reason, address, cause })
  }
}
