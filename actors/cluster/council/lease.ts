// A lease: how long a leader may be sure that nobody else leads.
import { quorumOf } from './raft-state.ts'
import type { CouncilTiming } from './council.ts'

/** How much faster or slower one clock may run than another, as a part of the time; real ones differ by less than a thousandth. */
export const clockDriftMax = 0.1

/** The latest time since which a quorum counts: the leader's own, and for each other voter the one that is given. */
export function quorumTime(
  voters: readonly number[],
  self: number,
  now: number,
  timeOf: (voter: number) => number,
): number {
  const times = voters.map((voter) => (voter === self ? now : timeOf(voter))).toSorted((a, b) => b - a)
  return times[quorumOf(voters) - 1] ?? -Infinity
}

/**
 * Rule 14: voters that have answered a message give no vote for `electionMinMs` from when they had it, which is not before it was sent. So the
 * leader counts from the sending, and leaves a part off for the drift.
 */
export function leaseEnd(quorumSentAt: number, timing: CouncilTiming): number {
  return quorumSentAt + timing.electionMinMs * (1 - clockDriftMax)
}
