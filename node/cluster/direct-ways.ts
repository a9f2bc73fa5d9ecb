// Direct ways: of talks that go over a relay each is tried directly now and then, from this side and from the other, until it is.
import { redialMs } from '../../transports/session/backoff.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Line } from '../../transports/session/line.ts'
import type { PeerStream, Transport } from '../../runtime/transport.ts'
import type { Random } from '../../runtime/random.ts'

/** Between two tries to do without a relay, in milliseconds: the first wait, and the longest one. */
export const directTryMsBounds = { min: 1_000, max: 300_000 } as const
/** How long the other side may try, in milliseconds. */
export const directAskMsMax = 15_000

export interface DirectWaysParts {
  readonly clock: Clock
  readonly random: Random
  readonly transport: Pick<Transport, 'connectBack'>
}

interface Search {
  failures: number
  alarm: Alarm | undefined
  asked: AbortController | undefined
}

export class DirectWays {
  readonly #parts: DirectWaysParts
  readonly #searches = new Map<Line, Search>()

  constructor(parts: DirectWaysParts) {
    this.#parts = parts
  }

  /** A line goes on with a stream: one over a relay is not what it should stay with. */
  attached(line: Line, { way }: Pick<PeerStream, 'way'>): void {
    if (way === 'direct') this.forget(line)
    else if (!this.#searches.has(line)) this.#wait(line, { failures: 0, alarm: undefined, asked: undefined })
  }

  /** A line has no stream any more; if it is to have another one, it dials directly first anyway. */
  forget(line: Line): void {
    const search = this.#searches.get(line)
    this.#searches.delete(line)
    search?.alarm?.cancel()
    search?.asked?.abort()
  }

  close(): void {
    for (const line of this.#searches.keys()) this.forget(line)
  }

  #wait(line: Line, search: Search): void {
    const { clock, random } = this.#parts
    this.#searches.set(line, search)
    const waitMs = redialMs(search.failures, random, directTryMsBounds)
    search.failures++
    search.alarm = clock.alarm(clock.now() + waitMs, () => void this.#try(line, search))
  }

  /** Both ways at once: who of two can dial the other, neither of them knows. The session takes one stream of those that come. */
  async #try(line: Line, search: Search): Promise<void> {
    const { stream } = line.session
    if (stream?.way !== 'relayed') return this.forget(line)
    line.renew({ isDirectOnly: true })
    await this.#ask(stream, search)
    if (this.#searches.get(line) === search) this.#wait(line, search)
  }

  async #ask(stream: PeerStream, search: Search): Promise<void> {
    const { clock, transport } = this.#parts
    const controller = new AbortController()
    search.asked = controller
    const late = clock.alarm(clock.now() + directAskMsMax, () => controller.abort())
    try {
      await transport.connectBack?.(stream, controller.signal)
    } finally {
      late.cancel()
      search.asked = undefined
    }
  }
}
