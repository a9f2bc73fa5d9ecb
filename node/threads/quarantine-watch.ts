// A quarantine watch: looks again and again what each root takes, and sends hogs to a thread where they hold up nobody but each other.
import { Deadline } from '../../runtime/deadline.ts'
import { Fault } from '../../runtime/fault.ts'
import { findHogs } from './quarantine.ts'
import { ratesOf } from './root-rates.ts'
import type { Host } from '../../runtime/cell.ts'
import type { Crew } from './crew.ts'
import type { Hog, QuarantinePolicy } from './quarantine.ts'
import type { ThreadShares } from './root-rates.ts'
import type { Shares } from './shares.ts'

/** Looks within the time that a root must have been a hog: it has to be one in all of them. */
const looksInTime = 4
/** The shortest time between two looks, in milliseconds: each walks over all actors. */
const lookMsMin = 250

/** What a watch needs of its node. */
export interface QuarantineParts {
  readonly host: Host
  readonly crew: Crew
  readonly policy: QuarantinePolicy
  /** What the roots of a thread have taken. @throws {Fault} `thread-lost` */
  shares(thread: number): Promise<Shares>
  move(path: string, slot: number): Promise<unknown>
}

export class QuarantineWatch {
  readonly #parts: QuarantineParts
  readonly #lookMs: number
  readonly #next: Deadline = new Deadline(() => void this.#look())
  #seen: readonly ThreadShares[] = []
  #since: ReadonlyMap<string, number> = new Map()
  #isClosed = false

  constructor(parts: QuarantineParts) {
    this.#parts = parts
    this.#lookMs = Math.max(lookMsMin, parts.policy.forMs / looksInTime)
    this.#wait()
  }

  close(): void {
    this.#isClosed = true
    this.#parts.host.timers.remove(this.#next)
  }

  #wait(): void {
    const { timers, clock } = this.#parts.host
    if (!this.#isClosed) timers.add(this.#next, clock.now() + this.#lookMs)
  }

  async #look(): Promise<void> {
    const { policy, host } = this.#parts
    try {
      const seen = await this.#sharesOfAll()
      const { hogs, since } = findHogs(ratesOf(this.#seen, seen), this.#since, {
        policy,
        nowMs: host.clock.now(),
      })
      this.#seen = seen
      this.#since = since
      // One after the other: each is a pause.
      for (const hog of hogs) if (!this.#isClosed) await this.#sendAway(hog)
    } catch (error) {
      // A thread that is lost while it is asked is seen to elsewhere; the next look sees the others.
      if (!Fault.is(error)) throw error
    }
    this.#wait()
  }

  /** Of the threads that all share; those that have one to themselves hold up nobody. */
  async #sharesOfAll(): Promise<ThreadShares[]> {
    const { crew, shares } = this.#parts
    const asked = crew.serving.filter(({ kind, isReady }) => kind === 'shared' && isReady)
    return await Promise.all(asked.map(async ({ slot, id }) => ({ slot, id, data: await shares(id) })))
  }

  async #sendAway({ path, why }: Hog): Promise<void> {
    const { crew, move, host } = this.#parts
    const subject = { path }
    try {
      const known = crew.serving.find(({ kind, isLost }) => kind === 'quarantine' && !isLost)
      const { slot, ready } = known ?? crew.add('quarantine')
      // A thread that has just begun has no wire yet to the one that the hog leaves.
      await ready.promise
      await move(path, slot)
      const message = `sent to the quarantine thread ${slot}: ${why}`
      host.events.emit('log', subject, { level: 'warn', message })
    } catch (error) {
      // It stays where it is, and is found again by the next look.
      const { code } = Fault.wrap(error, 'move-failed', `Cannot move "${path}"`)
      host.events.emit('log', subject, { level: 'warn', message: `stays, though ${why}: ${code}` })
    }
  }
}
