// The choice between two streams of one session: both sides come to the same one without asking each other.

export interface StreamRank {
  /** Counted by whoever dials, from the newest stream it knows of. */
  readonly generation: number
  /** Dialled by the node with the lower peer id. */
  readonly isByLower: boolean
}

/** The newer one; of two that were dialled at once the one dialled by the lower peer id. */
export function replaces(candidate: StreamRank, current: StreamRank | undefined): boolean {
  if (current === undefined || candidate.generation > current.generation) return true
  return candidate.generation === current.generation && candidate.isByLower && !current.isByLower
}
