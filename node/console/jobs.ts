// Jobs: the streams that go on while the prompt is free.
import { Fault } from '../../runtime/fault.ts'

/** Streams that may go on at once. */
export const jobsMax = 8

export class Jobs {
  readonly #running = new Map<AbortController, Promise<void>>()

  /**
   * Starts one.
   * @param run begins it before it returns, and must not reject
   * @throws {Fault} `jobs-full` and what `run` throws at once
   */
  start(run: (signal: AbortSignal) => Promise<void>): void {
    if (this.#running.size >= jobsMax) {
      throw new Fault(
        'jobs-full',
        `Cannot go on with this beside the prompt: ${this.#running.size} of ${jobsMax} streams do`,
        {
          hint: 'End them with Ctrl-C, or give them bounds.',
        },
      )
    }
    const controller = new AbortController()
    const job = run(controller.signal).then(() => void this.#running.delete(controller))
    this.#running.set(controller, job)
  }

  /** Ends all; says whether there was one. */
  cancel(): boolean {
    const had = this.#running.size > 0
    for (const controller of this.#running.keys()) controller.abort()
    return had
  }

  /** Ends all and waits until they have. */
  async close(): Promise<void> {
    const ends = [...this.#running.values()]
    this.cancel()
    await Promise.all(ends)
  }
}
