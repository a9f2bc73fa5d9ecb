// An opinion: what one member says of another, with what it rests on; plain data, so that it can be voted with and explained.

/** The number of a member: one life of one node. */
export type MemberNumber = number

/**
 * `silence` nothing was heard for longer than its rhythm explains · `unreachable` the connection died and nobody answered a new one ·
 * `refused` the connection died and its own address refused a new one: the process is gone.
 */
export type Evidence = 'silence' | 'unreachable' | 'refused'

export interface Opinion {
  /** Whom it is about. */
  readonly member: MemberNumber
  /** `link-broken`: it is not heard here, and others hear it. Whoever has no opinion of a member trusts it. */
  readonly says: 'suspects' | 'link-broken'
  readonly evidence: Evidence
  /** How long it has been silent here, without the time in which the observer itself stalled. */
  readonly silentMs: number
  /** How unlikely the silence is, as a negative power of ten; at most `phiMax`. */
  readonly phi: number
  /** For how long this has been said. */
  readonly forMs: number
  /** Whether the observer has ever had a connection to it. Who had none cannot tell a death from a way that never was. */
  readonly hadConnection: boolean
  /** Suspicions of it that were lifted here lately. */
  readonly flaps: number
  /** Who has heard it, if its link is broken. */
  readonly heardBy: readonly MemberNumber[]
}

/** Beyond it a silence is as unlikely as it gets, and Infinity is no plain datum. */
export const phiMax = 1_000

/** Opinions in one heartbeat: who suspects more is cut off itself. */
export const opinionsMax = 1_000
