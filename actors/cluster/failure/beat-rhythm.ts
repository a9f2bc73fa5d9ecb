// A beat rhythm: how regularly the heartbeats of one peer come, and how unlikely a silence is after it.
import { phiMax } from './opinion.ts'
import { beatEveryMs, deviationMsMin, windowBeatsMax } from './timing.ts'

/** Keeps the last `windowBeatsMax` gaps. Begins as if the peer had kept time. */
export class BeatRhythm {
  readonly #gaps: number[] = []
  #next = 0
  #sum = 0
  #squares = 0

  /** Gaps shorter than half a beat come from a queue that was jammed, and say nothing of the rhythm. */
  record(gapMs: number): void {
    const gap = Math.max(gapMs, beatEveryMs / 2)
    const old = this.#gaps[this.#next]
    if (old !== undefined) {
      this.#sum -= old
      this.#squares -= old * old
    }
    this.#gaps[this.#next] = gap
    this.#sum += gap
    this.#squares += gap * gap
    this.#next = (this.#next + 1) % windowBeatsMax
  }

  get meanMs(): number {
    return this.#gaps.length === 0 ? beatEveryMs : this.#sum / this.#gaps.length
  }

  get deviationMs(): number {
    const mean = this.meanMs
    const variance = this.#gaps.length === 0 ? 0 : this.#squares / this.#gaps.length - mean * mean
    return Math.max(deviationMsMin, Math.sqrt(Math.max(0, variance)))
  }

  /** @param pauseMs what is borne beyond the rhythm */
  phi(silentMs: number, pauseMs: number): number {
    return phi(silentMs, this.meanMs + pauseMs, this.deviationMs)
  }
}

/** After Hayashibara and others: minus the decimal logarithm of the chance that a gap is longer still, if gaps are normal; 0 to `phiMax`. */
export function phi(silentMs: number, meanMs: number, deviationMs: number): number {
  const y = (silentMs - meanMs) / deviationMs
  // The logistic approximation of the normal distribution that Akka uses; its error is below 0.00014.
  const e = Math.exp(-y * (1.5976 + 0.070566 * y * y))
  const chance = y > 0 ? e / (1 + e) : 1 - 1 / (1 + e)
  return Math.max(0, Math.min(phiMax, -Math.log10(chance)))
}
