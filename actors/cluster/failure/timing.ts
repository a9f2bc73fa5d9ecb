// The timing of failure: how often nodes speak, how long silence is borne, and how long a right to act lasts.

/** Between two heartbeats to each member. */
export const beatEveryMs = 200
/** Between two looks at who has been silent; also the grain in which a node measures its own stalls. */
export const tickEveryMs = 100
/** Heartbeats over which the rhythm of a peer is learnt. */
export const windowBeatsMax = 100
/** A rhythm is never taken for steadier than this: a calm network would make the first hiccup a suspicion. */
export const deviationMsMin = 50
/** Silence that is borne beyond what the rhythm explains. */
export const pauseMsDefault = 300
/** Suspicion: the silence would be this unlikely, as a negative power of ten. */
export const phiDefault = 8
/** Lag that a peer has told of itself is borne too, up to this. */
export const lagBorneMsMax = 1_000
/** A member that is new has this long before its silence counts. */
export const joinGraceMs = 5_000
/** Members that are asked whether they hear one that is suspected. */
export const probeHelpersMax = 3
/** Between two rounds of such questions while the suspicion lasts. */
export const probeEveryMs = 500
/** How long an answer that it lives counts. */
export const probeFreshMs = 1_200
/** How long what a member has said of others counts at the leader. */
export const reportFreshMs = 700
/** Nobody is removed for less silence, towards a majority of those that listen. */
export const silenceMsMin = 1_800
/** The same if its address refuses connections: the process is gone. */
export const goneMsMin = 300
/** A pair of members that cannot hear each other, while others hear both, is borne this long. */
export const linkBrokenMsMax = 10_000
/** A node that stalled longer than this a moment ago neither votes nor judges. */
export const stallMsMax = 250
/** How long such a stall is remembered. */
export const stallKeptMs = 1_000
/** Suspicions that were lifted within this time count as flapping. */
export const flapKeptMs = 60_000
/** Each of them adds so much to the silence that is borne … */
export const flapExtraMs = 500
/** … and so many count at most. */
export const flapsMax = 3
/** A member may act this long after it sent the last heartbeat that the leader acknowledged. */
export const leaseMsDefault = 1_200
/** How far two clocks may run apart, as a part of the time that passes; a quartz is off by less than a thousandth. */
export const driftMax = 0.01
/** Added to a lease before its holder may be removed. */
export const leaseMarginMs = 50

/** What a cluster may set; all its nodes must agree on it. */
export interface LeaseTiming {
  readonly leaseMs: number
  /** From 0; see `driftMax`. */
  readonly drift: number
  readonly marginMs: number
}

export const leaseTimingDefault: LeaseTiming = {
  leaseMs: leaseMsDefault,
  drift: driftMax,
  marginMs: leaseMarginMs,
}

/** How long after a beat was received its sender may still act, on the receiver's clock. */
export function leaseBoundMs(timing: LeaseTiming): number {
  // The holder's clock may run slow and the leader's fast: each is within the drift of true time.
  return (timing.leaseMs * (1 + timing.drift)) / (1 - timing.drift) + timing.marginMs
}
