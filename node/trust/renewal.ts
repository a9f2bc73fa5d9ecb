// The renewal: asks for the next certificate when two thirds of the life of this one are over, and again until there is one.
import { Fault } from '../../runtime/fault.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Leaf } from './leaf.ts'

/** Between two tries. */
export const renewalRetryMsBounds: readonly [number, number] = [1_000, 300_000]
/** How often the time of day is looked at: it may jump, and alarms do not see that. */
export const renewalLookMsMax = 60_000

export interface RenewalOptions {
  readonly clock: Clock
  /** The leaf that there is. */
  readonly leaf: () => Leaf
  /** Gets another one and installs it. */
  readonly renew: () => Promise<void>
  /** A try has failed. The certificate is good for that many milliseconds more; none or fewer: it is over. */
  readonly failed: (fault: Fault, leftMs: number) => void
}

/** When a leaf is to be followed by the next one, in milliseconds since 1970. */
export function renewalDueMs({ startsMs, endsMs }: Pick<Leaf, 'startsMs' | 'endsMs'>): number {
  return endsMs - (endsMs - startsMs) / 3
}

export class Renewal {
  readonly #options: RenewalOptions
  #alarm: Alarm | undefined
  #failures = 0
  #isStopped = false

  /** Begins at once, also with a leaf that is over. */
  constructor(options: RenewalOptions) {
    this.#options = options
    this.#look()
  }

  /** Nothing is asked for any more; what is under way is left alone. */
  stop(): void {
    this.#isStopped = true
    this.#alarm?.cancel()
  }

  #look(): void {
    if (this.#isStopped) return
    const { clock, leaf } = this.#options
    const leftMs = renewalDueMs(leaf()) - clock.wall()
    if (leftMs > 0) this.#lookIn(Math.min(leftMs, renewalLookMsMax))
    else void this.#renew()
  }

  #lookIn(ms: number): void {
    if (this.#isStopped) return
    const { clock } = this.#options
    this.#alarm = clock.alarm(clock.now() + ms, () => this.#look())
  }

  async #renew(): Promise<void> {
    const { clock, leaf, renew, failed } = this.#options
    try {
      await renew()
      this.#failures = 0
      this.#lookIn(renewalRetryMsBounds[0])
    } catch (error) {
      if (this.#isStopped) return
      const [min, max] = renewalRetryMsBounds
      this.#lookIn(Math.min(min * 2 ** this.#failures++, max))
      failed(
        Fault.wrap(error, 'renewal-failed', 'Cannot renew the certificate'),
        leaf().endsMs - clock.wall(),
      )
    }
  }
}
