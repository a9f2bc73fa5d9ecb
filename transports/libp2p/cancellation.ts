// A cancellation: the AbortSignal that libp2p wants, out of the caller's signal and a time limit by our clock.
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'

export interface CancellationOptions {
  readonly clock: Clock
  readonly limitMs: number
  /** Cancels it too. */
  readonly outer?: CancelSignal | undefined
}

/** `end` it in any case, or its alarm stands until it goes off. */
export class Cancellation {
  readonly #controller = new AbortController()
  readonly #outer: CancelSignal | undefined
  readonly #alarm: Alarm
  readonly #onOuter = (): void => this.cancel('the caller has given up')

  constructor({ clock, limitMs, outer }: CancellationOptions) {
    this.#outer = outer
    this.#alarm = clock.alarm(clock.now() + limitMs, () => this.cancel(`nothing came within ${limitMs} ms`))
    if (outer?.aborted === true) this.#onOuter()
    else outer?.addEventListener('abort', this.#onOuter, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  cancel(reason: string): void {
    this.#controller.abort(new Error(reason))
  }

  end(): void {
    this.#alarm.cancel()
    this.#outer?.removeEventListener('abort', this.#onOuter)
  }
}

/** Runs what may take too long. */
export async function within<T>(
  options: CancellationOptions,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const cancellation = new Cancellation(options)
  try {
    return await run(cancellation.signal)
  } catch (error) {
    // What then fails fails because of it, whatever it says.
    throw cancellation.signal.aborted ? (cancellation.signal.reason as Error) : error
  } finally {
    cancellation.end()
  }
}
