// A CPU meter: whose turns took the thread's time. It looks at the clock so seldom that messages do not pay for it.
import type { Clock } from './clock.ts'

/** Time of a few messages beyond which it matters who took it, in milliseconds. */
const slowMsMin = 0.0625
/** Turns of anybody that are timed one by one after a time that nobody can be charged with, and after one that may have been idle. */
const exactTurnsMax = 4_096
const exactTurnsAfterIdle = 64
/** Turns that are timed of one who was slow, after the last slow one. */
const provenTurns = 64
/** How many may be timed turn by turn at once. */
const suspectsMax = 1_024
/** Microseconds that stand in a `cpu`; with its mark they stay a small integer, which needs no memory of its own. */
const microsecondsMax = 2 ** 29

/** Whose time is measured. */
export interface Metered {
  /** Microseconds below `microsecondsMax`, times two; the lowest bit marks who is timed turn by turn. */
  cpu: number
}

/**
 * The scheduler looks at the clock once for up to 32 messages, so the time of a span has to find its actor:
 *
 * - a span of one turn belongs to that turn: with slow messages this is each one, exactly;
 * - a short span of many turns goes to the last one. As spans are not quite of the same length, that is right on the average, as a sampling
 *   profiler is;
 * - a long span of many turns goes to nobody, but for a while all turns are timed one by one, and whoever is found slow then for longer.
 *
 * A pump that begins with a microtask does not look first, so nobody knows whether the thread was idle before: of up to 32 such pumps one is
 * timed turn by turn and counts for all. It is time by the clock: what the machine gave to others during a turn counts as well. What is not
 * seen: what an async handler does after its first `await`, and code outside of turns.
 */
export class CpuMeter<R extends Metered> {
  readonly #clock: Clock
  readonly #carry: (runnable: R, microseconds: number) => void
  readonly #suspects = new Map<R, number>()
  /** 1 while the turns of all are timed; else 0. */
  timing = 0
  #exactTurns = 0
  #sinceMs: number
  #isKnown = false
  /** Pumps that a sampled one stands for; 0 if this one is none. */
  #weight = 0
  #pumps = 0
  #untilSample = 1
  #chance = 1
  /** Fractions of a microsecond go on to the next. */
  #rest = 0

  /** @param carry takes over the microseconds that a `cpu` has no more room for */
  constructor(clock: Clock, carry: (runnable: R, microseconds: number) => void) {
    this.#clock = clock
    this.#carry = carry
    this.#sinceMs = clock.now()
  }

  /** A span begins whose time is known. */
  start(nowMs: number): void {
    this.#sinceMs = nowMs
    this.#isKnown = true
    this.#weight = 0
    this.timing = this.#exactTurns > 0 ? 1 : 0
  }

  /** A pump begins that has not looked at the clock. @param every for how many such pumps one sample is affordable */
  begin(every: number): void {
    this.#pumps++
    this.#isKnown = false
    if (--this.#untilSample > 0 && this.#untilSample < every) return
    this.#weight = this.#pumps
    this.#pumps = 0
    this.timing = 1
    this.#untilSample = this.dithered(every)
  }

  /** A turn has ended that was timed. */
  timed(runnable: R, tookMs: number): void {
    if (this.#exactTurns > 0 && --this.#exactTurns === 0 && this.#weight === 0) this.timing = 0
    this.#sinceMs += tookMs
    const isSuspect = (runnable.cpu & 1) !== 0
    if (tookMs >= slowMsMin) {
      this.#charge(runnable, tookMs)
      this.#suspect(runnable)
      return
    }
    // Who is always timed has been timed in the other pumps as well.
    this.#charge(runnable, isSuspect || this.#weight === 0 ? tookMs : tookMs * this.#weight)
    if (!isSuspect) return
    const left = (this.#suspects.get(runnable) ?? 0) - 1
    if (left > 0) this.#suspects.set(runnable, left)
    else this.#clear(runnable)
  }

  /** The span ends with a turn of this one, and the next span begins. @param isAlone it had no other turn */
  look(nowMs: number, last: R, isAlone: boolean): void {
    const tookMs = nowMs - this.#sinceMs
    if (this.#isKnown) {
      if (tookMs < slowMsMin || isAlone) this.#charge(last, tookMs)
      if (tookMs >= slowMsMin) {
        if (isAlone) this.#suspect(last)
        else this.#exactTurns = exactTurnsMax
      }
    } else if (tookMs >= slowMsMin && this.#exactTurns === 0) this.#exactTurns = exactTurnsAfterIdle
    this.start(nowMs)
  }

  /** The pump ends with a turn of this one because nobody is left. */
  end(last: R): void {
    if (this.#isKnown && this.timing === 0) this.#charge(last, this.#clock.now() - this.#sinceMs)
    this.#weight = 0
    this.timing = this.#exactTurns > 0 ? 1 : 0
  }

  /** Somewhat less by chance: what comes in step would be seen always or never. */
  dithered(every: number): number {
    this.#chance = (Math.imul(this.#chance, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff
    return every < 8 ? every : every - ((this.#chance >>> 12) & 3)
  }

  #charge(runnable: R, tookMs: number): void {
    // Sums of fractions may end a hair below nothing.
    const microseconds = Math.max(0, tookMs * 1_000 + this.#rest)
    const whole = Math.floor(microseconds)
    this.#rest = microseconds - whole
    const sum = (runnable.cpu >>> 1) + whole
    if (sum < microsecondsMax) {
      runnable.cpu += whole * 2
      return
    }
    runnable.cpu &= 1
    this.#carry(runnable, sum)
  }

  #suspect(runnable: R): void {
    // Again at the end of the line, where it is not the first to be forgotten.
    this.#suspects.delete(runnable)
    this.#suspects.set(runnable, provenTurns)
    runnable.cpu |= 1
    if (this.#suspects.size <= suspectsMax) return
    for (const oldest of this.#suspects.keys()) {
      this.#clear(oldest)
      return
    }
  }

  #clear(runnable: R): void {
    this.#suspects.delete(runnable)
    runnable.cpu &= ~1
  }
}
