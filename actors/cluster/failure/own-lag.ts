// Own lag: how long this node's event loop has stood still, so that it does not take its own stall for the silence of others.
import { stallKeptMs } from './timing.ts'

/** Later than this by less is what timers do. */
const jitterMs = 20

export class OwnLag {
  #stalledMs = 0
  /** Stalls of the last while, the longest first; a longer one makes those before it irrelevant. */
  #recent: { readonly atMs: number; readonly lagMs: number }[] = []

  /** A timer has fired. @param expectedMs when it was due */
  fired(nowMs: number, expectedMs: number): void {
    const lagMs = nowMs - expectedMs
    if (lagMs <= jitterMs) return
    this.#stalledMs += lagMs
    this.#recent = this.#recent.filter((stall) => stall.lagMs > lagMs)
    this.#recent.push({ atMs: nowMs, lagMs })
  }

  /** The time without the stalls: silence is measured in it. */
  awakeMs(nowMs: number): number {
    return nowMs - this.#stalledMs
  }

  /** The longest stall that ended within `stallKeptMs`; 0 without one. */
  longestMs(nowMs: number): number {
    while (this.#recent[0] !== undefined && nowMs - this.#recent[0].atMs > stallKeptMs) this.#recent.shift()
    return this.#recent[0]?.lagMs ?? 0
  }
}
