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
  /** Until then whoever had it before may not know yet that it has it no more. */
  notBeforeMs: number
  tries: number
  isStarting: boolean
  readonly waiting: (() => void)[]
}

export class Takeovers {
  readonly #parts: TakeoverParts
  readonly #due = new Map<string, Takeover>()
  #starting = 0
  readonly #looksAt = new Set<number>()
  #isClosed = false

  constructor(parts: TakeoverParts) {
    this.#parts = parts
  }

  /** Roots that do not run yet. */
  get count(): number {
    return this.#due.size
  }

  /** This node has one more. @param notBeforeMs it may live elsewhere until then */
  add(top: string, notBeforeMs: number = -Infinity): void {
    const { clock } = this.#parts
    const known = this.#due.get(top)
    if (known === undefined)
      this.#due.set(top, { top, notBeforeMs, tries: 0, isStarting: false, waiting: [] })
    else known.notBeforeMs = Math.max(known.notBeforeMs, notBeforeMs)
    if (notBeforeMs <= clock.now()) clock.later(() => this.#startSome())
    else this.#look(notBeforeMs)
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
    for (const takeover of this.#due.values()) this.#end(takeover)
  }

  /** One alarm for all that may start then. */
  #look(atMs: number): void {
    if (this.#looksAt.has(atMs)) return
    this.#looksAt.add(atMs)
    this.#parts.clock.alarm(atMs, () => {
      this.#looksAt.delete(atMs)
      for (const takeover of this.#due.values()) if (takeover.waiting.length > 0) void this.#start(takeover)
      this.#startSome()
    })
  }

  #isEarly({ notBeforeMs }: Takeover): boolean {
    return this.#parts.clock.now() < notBeforeMs
  }

  #startSome(): void {
    if (this.#isClosed) return
    for (const takeover of this.#due.values()) {
      if (this.#starting >= takeoversAtOnceMax) return
      if (!takeover.isStarting && !this.#isEarly(takeover)) void this.#start(takeover)
    }
  }

  async #start(takeover: Takeover): Promise<void> {
    if (takeover.isStarting || this.#isClosed) return
    const home = this.#parts.home(takeover.top)
    if (home === undefined || home.member !== this.#parts.member() || home.isSettled) {
      this.#end(takeover)
      return
    }
    if (this.#isEarly(takeover)) return
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
