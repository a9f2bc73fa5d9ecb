// Silent lines: whose other side is not heard any more gets another stream, if one is to be had, long before the one that it has gives up.
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Line } from '../../transports/session/line.ts'

/** Between two looks at who is silent, in milliseconds. */
export const silentEveryMs = 500

export interface SilentLinesParts {
  readonly clock: Clock
  /** Those that have a stream, and hear nothing over it. */
  silent(): Iterable<Line>
}

/**
 * TCP waits twice as long after each loss: once a cut is mended, a connection from before it stays silent for as long again as the cut has
 * lasted. A new one is there at once, or goes another way.
 */
export class SilentLines {
  readonly #parts: SilentLinesParts
  #alarm: Alarm | undefined = undefined

  constructor(parts: SilentLinesParts) {
    this.#parts = parts
  }

  start(): void {
    const { clock, silent } = this.#parts
    // A line that tries already goes on with that.
    for (const line of silent()) line.renew()
    this.#alarm = clock.alarm(clock.now() + silentEveryMs, () => this.start())
  }

  close(): void {
    this.#alarm?.cancel()
  }
}
