// A seeker: looks for other nodes at the addresses that are known, again and again, until this node is not alone any more.
import { redialMs } from '../../transports/session/backoff.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { DialTarget } from '../../runtime/transport.ts'

/** Between two looks whether somebody has to be looked for, in milliseconds. */
export const seekEveryMs = 500

export interface SeekerParts {
  readonly clock: Clock
  readonly random: Random
  /** Whom to look for now; those that are spoken with are none. */
  targets(): readonly DialTarget[]
  /** @throws {Fault} `peer-unreachable` `peer-refused` */
  meet(target: DialTarget): Promise<unknown>
}

interface Search {
  failures: number
  dueMs: number
  isUnderWay: boolean
}

export class Seeker {
  readonly #parts: SeekerParts
  readonly #searches = new Map<string, Search>()
  #alarm: Alarm | undefined = undefined
  #isClosed = false
  /** Why the last try at each address failed; for people. */
  readonly failures: Map<string, unknown> = new Map()

  constructor(parts: SeekerParts) {
    this.#parts = parts
  }

  start(): void {
    if (this.#isClosed) return
    const { clock } = this.#parts
    const targets = this.#parts.targets()
    for (const target of targets) void this.#seek(target)
    const wanted = new Set(targets.map(keyOf))
    for (const key of this.#searches.keys()) {
      if (wanted.has(key)) continue
      this.#searches.delete(key)
      this.failures.delete(key)
    }
    this.#alarm = clock.alarm(clock.now() + seekEveryMs, () => this.start())
  }

  close(): void {
    this.#isClosed = true
    this.#alarm?.cancel()
  }

  async #seek(target: DialTarget): Promise<void> {
    const { clock, random, meet } = this.#parts
    const key = keyOf(target)
    const search = this.#searches.get(key) ?? { failures: 0, dueMs: 0, isUnderWay: false }
    this.#searches.set(key, search)
    if (search.isUnderWay || clock.now() < search.dueMs) return
    search.isUnderWay = true
    try {
      await meet(target)
      search.failures = 0
      this.failures.delete(key)
    } catch (fault) {
      // Whoever is not looked for any more needs no reason, and nobody would forget it.
      if (this.#searches.get(key) === search) this.failures.set(key, fault)
      search.failures++
    } finally {
      search.isUnderWay = false
      search.dueMs = clock.now() + redialMs(search.failures, random)
    }
  }
}

function keyOf({ peer, addresses }: DialTarget): string {
  return peer ?? addresses.join(' ')
}
