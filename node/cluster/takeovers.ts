// Takeovers: roots that this node has by the word of the cluster, because their own was lost; those that are asked for start first.
import { Fault } from '../../runtime/fault.ts'
import type { Home } from '../../actors/cluster/state/home.ts'
import type { Clock } from '../../runtime/clock.ts'

/** Roots that start at once while nobody has asked for them: the node goes on serving meanwhile. */
export const takeoversAtOnceMax = 32
/** How often a root is tried that cannot be started; then its name becomes free. */
export const takeoverTriesMax = 3
/** Before the next try, in milliseconds; twice as long each time. */
export const takeoverRetryMs = 500

export interface TakeoverParts {
  readonly clock: Clock
  /** The root as it is agreed now. */
  home(top: string): Home | undefined
  member(): number
  /** Starts it. @throws {Fault} why it cannot be */
  start(home: Home): Promise<unknown>
  settled(home: Home): void
  /** It cannot be started: its name becomes free. */
  failed(home: Home, fault: Fault): void
}

interface Takeover {
  readonly top: string
  tries: number
  isStarting: boolean
  readonly waiting: (() => void)[]
}

export class Takeovers {
  readonly #parts: TakeoverParts
  readonly #due = new Map<string, Takeover>()
  #starting = 0
  #isClosed = false

  constructor(parts: TakeoverParts) {
    this.#parts = parts
  }

  /** Roots that do not run yet. */
  get count(): number {
    return this.#due.size
  }

  /** This node has one more. */
  add(top: string): void {
    if (!this.#due.has(top)) this.#due.set(top, { top, tries: 0, isStarting: false, waiting: [] })
    this.#parts.clock.later(() => this.#startSome())
  }

  /** Somebody wants it: it starts now. Calls once it runs, or does not. */
  want(top: string, run: () => void): void {
    const takeover = this.#due.get(top)
    if (takeover === undefined) {
      run()
      return
    }
    takeover.waiting.push(run)
    void this.#start(takeover)
  }

  close(): void {
    this.#isClosed = true
    for (const takeover of [...this.#due.values()]) this.#end(takeover)
  }

  #startSome(): void {
    for (const takeover of this.#due.values()) {
      if (this.#starting >= takeoversAtOnceMax) return
      if (!takeover.isStarting) void this.#start(takeover)
    }
  }

  async #start(takeover: Takeover): Promise<void> {
    if (takeover.isStarting || this.#isClosed) return
    const home = this.#parts.home(takeover.top)
    if (home === undefined || home.member !== this.#parts.member() || home.isSettled) {
      this.#end(takeover)
      return
    }
    takeover.isStarting = true
    this.#starting++
    takeover.tries++
    try {
      await this.#parts.start(home)
      this.#parts.settled(home)
      this.#end(takeover)
    } catch (error) {
      this.#again(takeover, home, Fault.wrap(error, 'start-failed', `Cannot take over "${home.top}"`))
    } finally {
      this.#starting--
      this.#startSome()
    }
  }

  #again(takeover: Takeover, home: Home, fault: Fault): void {
    if (takeover.tries >= takeoverTriesMax) {
      this.#parts.failed(home, fault)
      this.#end(takeover)
      return
    }
    const { clock } = this.#parts
    // It stays `isStarting` until then: nobody else is to start it earlier.
    clock.alarm(clock.now() + takeoverRetryMs * 2 ** (takeover.tries - 1), () => {
      takeover.isStarting = false
      void this.#start(takeover)
    })
  }

  #end(takeover: Takeover): void {
    this.#due.delete(takeover.top)
    for (const run of takeover.waiting.splice(0)) run()
  }
}
