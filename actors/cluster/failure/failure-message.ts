// A failure message: what the sentinels of two members say to each other, on the signal lane of their link.
import type { MemberNumber, Opinion } from './opinion.ts'

/** Sent to each member every `beatEveryMs`. */
export interface Beat {
  readonly type: 'beat'
  /** The sender; a member is one life of a node, so it is its incarnation too. */
  readonly member: MemberNumber
  /** Rises by one with each round of heartbeats. */
  readonly sequence: number
  /** The view that the sender has applied. */
  readonly view: number
  /** The longest stall of the sender's event loop lately. */
  readonly lagMs: number
  /** Whether the sender holds a lease: to one that is cut off itself everybody is silent. */
  readonly isActing: boolean
  /** The last heartbeat of the receiver that has come here, 0 before the first, and how long ago. */
  readonly heard: number
  readonly heardMs: number
  /** Whom the sender does not trust. */
  readonly opinions: readonly Opinion[]
}

/** The leader acknowledges a heartbeat: it was received while a quorum followed the leader. */
export interface Grant {
  readonly type: 'grant'
  readonly sequence: number
}

/** "Do you hear this member?" The receiver pings it and answers with `alive` when it has answered. */
export interface Probe {
  readonly type: 'probe'
  readonly subject: MemberNumber
  readonly nonce: number
}

export interface Ping {
  readonly type: 'ping'
  readonly nonce: number
}

export interface Pong {
  readonly type: 'pong'
  readonly nonce: number
}

/** "It has answered me." */
export interface Alive {
  readonly type: 'alive'
  readonly subject: MemberNumber
  readonly nonce: number
}

export type FailureMessage = Beat | Grant | Probe | Ping | Pong | Alive
