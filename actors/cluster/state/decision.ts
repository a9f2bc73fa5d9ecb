// A decision: why a member is no longer one, with all that was known when it was decided.

/** Decisions that are kept; the oldest goes first. */
export const decisionsMax = 128
/** Facts of one decision: a few for each of those that voted. */
export const decisionFactsMax = 128

/** One thing that was known. */
export interface DecisionFact {
  /** Who said it, or about what: `vote of b`, `silence`. */
  readonly name: string
  readonly value: number | string
}

/** What led to the end of a member, as whoever proposed it saw it. */
export interface Decision {
  /** One line for people, without a full stop. */
  readonly why: string
  /** By the wall clock of whoever proposed it, in milliseconds since 1970. */
  readonly atMs: number
  /** The number of the member that proposed it; 0 if an operator did. */
  readonly by: number
  readonly facts: readonly DecisionFact[]
}

/** How a member came to its end. `superseded`: its node has started again, or another process has its keys. */
export type MemberEnd = 'removed' | 'left' | 'superseded' | 'revoked'

/** The end of a member, kept for `why`. */
export interface Ended {
  readonly number: number
  readonly name: string
  readonly peer: string
  readonly uid: string
  readonly end: MemberEnd
  /** The first view without it. */
  readonly view: number
  readonly decision: Decision
  /** What became of its roots: how many went elsewhere, wait, or were let go. */
  readonly rehomed: number
  readonly waiting: number
  readonly stopped: number
}
