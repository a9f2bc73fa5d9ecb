// The event log: the last lifecycle events of a runtime, and whoever follows them live.
import type { Party } from './envelope.ts'
import type { Exit } from './exit.ts'

/** Events kept; older ones are overwritten. Each keeps its actor from being collected, which with 4,096 of them is felt in each spawn. */
export const eventsKeptMax = 1_024
/** Followers at once; each costs every event a call. */
export const followersMax = 64

/**
 * What can happen to an actor. `failed` calls for a decision, `failed-ending` and `hook-failed` for none: the life was ending anyway, or
 * goes on. `halted` is the end of a life that has not failed and is to be followed by another. `log` is a line the actor wrote itself.
 */
export type EventKind = (typeof eventKinds)[number]

export const eventKinds = [
  'spawned',
  'started',
  'failed',
  'failed-ending',
  'halted',
  'backoff',
  'restarted',
  'stopped',
  'killed',
  'escalated',
  'suspended',
  'resumed',
  'moved-away',
  'snapshot-failed',
  'thread-lost',
  'moved-here',
  'activated',
  'passivated',
  'quarantined',
  'hook-failed',
  'node-joined',
  'node-lost',
  'node-frozen',
  'node-thawed',
  'node-expelled',
  'council-stopped',
  'certificate-ending',
  'trust-unkept',
  'log',
] as const

/** Why a life was halted that had not failed: it ended by itself or by a kill, with a sibling, or by order. */
export interface Halted {
  readonly by: 'itself' | 'sibling' | 'order'
  readonly exit: Exit
}

/** One event; the path is made when it is read. */
export interface LifecycleEvent {
  readonly seq: number
  readonly kind: EventKind
  readonly subject: Party
  /** Milliseconds since the runtime's start, by the scheduler's last look at the clock. */
  readonly atMs: number
  readonly detail: unknown
}

/** Always on: a few stores for each event. The object is made when somebody looks, and its text later still. */
export class EventLog {
  // The kept events by field, each at its `seq` modulo `eventsKeptMax`.
  readonly #kinds: EventKind[] = []
  readonly #subjects: Party[] = []
  readonly #times = new Float64Array(eventsKeptMax)
  readonly #details: unknown[] = []
  readonly #followers = new Set<(event: LifecycleEvent) => void>()
  readonly #nowMs: () => number
  #seq = 0

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** All events ever, also those overwritten. */
  get count(): number {
    return this.#seq
  }

  emit(kind: EventKind, subject: Party, detail?: unknown): void {
    const seq = this.#seq++
    const index = seq % eventsKeptMax
    const atMs = this.#nowMs()
    this.#kinds[index] = kind
    this.#subjects[index] = subject
    this.#times[index] = atMs
    this.#details[index] = detail
    if (this.#followers.size === 0) return
    const event: LifecycleEvent = { seq, kind, subject, atMs, detail }
    for (const follow of this.#followers) follow(event)
  }

  /** The kept events in order, the oldest first. */
  recent(max: number = eventsKeptMax): LifecycleEvent[] {
    const from = Math.max(0, this.#seq - Math.min(max, eventsKeptMax))
    const events: LifecycleEvent[] = []
    for (let seq = from; seq < this.#seq; seq++) {
      const index = seq % eventsKeptMax
      const [kind, subject, atMs] = [this.#kinds[index], this.#subjects[index], this.#times[index]]
      if (kind === undefined || subject === undefined || atMs === undefined) continue
      events.push({ seq, kind, subject, atMs, detail: this.#details[index] })
    }
    return events
  }

  /**
   * Calls `follow` for each event from now on; false if too many follow already. `follow` must neither throw nor act on actors: what it
   * hears of is only half done.
   */
  follow(follow: (event: LifecycleEvent) => void): boolean {
    if (this.#followers.size >= followersMax) return false
    this.#followers.add(follow)
    return true
  }

  unfollow(follow: (event: LifecycleEvent) => void): void {
    this.#followers.delete(follow)
  }
}
