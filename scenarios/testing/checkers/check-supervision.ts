// C-SUP: each failure has exactly one decision, that its restart type allows, and budgets hold in a sliding window.
import { restarts } from '../../../supervisors/restart-type.ts'
import { exhausted } from './life.ts'
import { broken, kept, missing } from './verdict.ts'
import type { ActorId, Failed, LifeEvent, LifeStory, Spawned } from './life.ts'
import type { ExitCause } from '../../../runtime/exit.ts'
import type { Verdict } from './verdict.ts'

/**
 * Guarantee S1, first half. A restart is one that somebody caused, and counts if it was not ordered and has no backoff. Events carry whole
 * milliseconds: what is less than one away from the end of a window is given the benefit of the doubt.
 * @param isWhole whether the story goes on until the node has stopped
 */
export function checkSupervision(story: LifeStory, isWhole: boolean): Verdict {
  const house = new House()
  for (const event of story) {
    const reason = house.take(event)
    if (reason !== undefined) return broken(`${reason}, at ${event.atMs} ms`)
  }
  const undecided = house.undecided()
  if (undecided !== undefined) return missing(isWhole, `"${undecided}" has failed, and nothing was decided`)
  return kept(house.decisionCount, 'decisions')
}

/** Why an actor is down, and since when. */
interface Cause {
  readonly by: 'failure' | 'itself' | 'sibling' | 'order'
  readonly cause: ExitCause
  readonly atMs: number
  /** No new life may follow. */
  readonly isLast?: boolean
}

interface Actor extends Spawned {
  /** Undefined while it lives. */
  down: Cause | undefined
  hasStarted: boolean
  attempt: number
  /** It was passed up to this one, or this one is given up: then it fails or ends next. */
  mustFail: boolean
  hasEnded: boolean
}

/** What one budget has seen in one life of its supervisor. */
interface Budget {
  /** Restarts that were spent, by the time of their causes. */
  readonly spentAtMs: number[]
  /** Ends that may have been spent. */
  readonly endsAtMs: number[]
}

class House {
  readonly #actors = new Map<ActorId, Actor>()
  readonly #budgets = new Map<string, Budget>()
  /** The number of each supervisor's life: the next one has a budget of its own. */
  readonly #lives = new Map<ActorId, number>()
  decisionCount = 0

  take(event: LifeEvent): string | undefined {
    if (event.type === 'spawned') {
      this.#actors.set(event.id, {
        ...event,
        down: undefined,
        hasStarted: false,
        attempt: 0,
        mustFail: false,
        hasEnded: false,
      })
      return undefined
    }
    const actor = this.#actors.get(event.id)
    if (actor === undefined || actor.hasEnded) return `actor ${event.id} is ${event.type}, and is not there`
    // A start that was under way when a failure came up from below goes on to its end.
    if (event.type === 'started') return start(actor)
    if (actor.mustFail && event.type !== 'failed' && event.type !== 'ended') {
      return `"${actor.path}" is ${event.type}, and should have failed`
    }
    switch (event.type) {
      case 'failed':
        return this.#goDown(actor, {
          by: 'failure',
          cause: 'failed',
          atMs: event.atMs,
          isLast: this.#isLast(actor, event),
        })
      case 'halted':
        return this.#goDown(actor, event)
      case 'backoff':
        return retry(actor, event.attempt)
      case 'restarted':
        return this.#restart(actor)
      case 'escalated':
        return this.#escalate(actor, event)
      case 'ended':
        actor.hasEnded = true
        if (actor.down?.by === 'failure') this.decisionCount++
        return undefined
    }
  }

  /** Who has failed and was neither started again nor ended. */
  undecided(): string | undefined {
    for (const { down, hasEnded, path } of this.#actors.values()) {
      if (down?.by === 'failure' && !hasEnded) return path
    }
    return undefined
  }

  #goDown(actor: Actor, down: Cause): string | undefined {
    if (actor.down !== undefined) {
      return `"${actor.path}" goes down by ${down.by}, and is down by ${actor.down.by} already`
    }
    actor.down = down
    actor.mustFail = false
    const isOwn = down.by === 'failure' || down.by === 'itself'
    if (isOwn && actor.child.backoff === undefined) this.#budgetOf(actor).endsAtMs.push(down.atMs)
    return undefined
  }

  #restart(actor: Actor): string | undefined {
    const { down, child, path } = actor
    if (down === undefined) return `"${path}" is started again, and was not down`
    actor.down = undefined
    actor.hasStarted = false
    this.decisionCount++
    this.#lives.set(actor.id, this.#lifeOf(actor.id) + 1)
    if (down.isLast === true) return `"${path}" is started again, and was to end`
    if (down.by === 'order') return undefined
    if (down.by === 'sibling') {
      return child.restart === 'temporary'
        ? `"${path}" is temporary, and comes back with a sibling`
        : undefined
    }
    if (!restarts(child.restart, { cause: down.cause })) {
      return `"${path}" is ${child.restart}, and is started again after it was ${down.cause}`
    }
    return child.backoff === undefined ? this.#spend(actor, down.atMs) : undefined
  }

  #isLast(actor: Actor, { isLast, directive }: Failed): boolean {
    // What is passed up to a parent and would be resumed there is a restart.
    return isLast || directive === 'stop' || (directive === 'escalate' && actor.parent !== 0)
  }

  #spend(actor: Actor, atMs: number): string | undefined {
    const { intensity, periodMs } = this.#limitsOf(actor)
    const { spentAtMs } = this.#budgetOf(actor)
    spentAtMs.push(atMs)
    spentAtMs.sort((a, b) => a - b)
    for (let last = intensity; last < spentAtMs.length; last++) {
      const first = spentAtMs[last - intensity] ?? 0
      const spanMs = (spentAtMs[last] ?? 0) - first
      if (spanMs < periodMs) {
        return `"${actor.path}" is one of ${intensity + 1} restarts within ${spanMs} ms, ${intensity} are allowed within ${periodMs}`
      }
    }
    return undefined
  }

  #escalate(actor: Actor, event: { readonly code: string; readonly atMs: number }): string | undefined {
    actor.mustFail = true
    if (event.code !== exhausted) return undefined
    // Of a supervisor whose children share one budget, or of one child with a budget of its own.
    const isOwn = actor.down !== undefined
    const { intensity, periodMs } = isOwn ? this.#limitsOf(actor) : actor.supervision
    const { endsAtMs } = isOwn ? this.#budgetOf(actor) : this.#budget(actor.id)
    const recent = endsAtMs.filter((atMs) => event.atMs <= atMs + periodMs + 1).length
    if (recent > intensity) return undefined
    return `"${actor.path}" gives up after ${recent} ends within ${periodMs} ms, ${intensity} are allowed`
  }

  #limitsOf(actor: Actor): { readonly intensity: number; readonly periodMs: number } {
    // The guardian allows each root three restarts in five seconds.
    return this.#actors.get(actor.parent)?.supervision ?? { intensity: 3, periodMs: 5_000 }
  }

  #budgetOf(actor: Actor): Budget {
    const budget = this.#actors.get(actor.parent)?.supervision.budget ?? 'each'
    return this.#budget(actor.parent, budget === 'each' ? actor.id : undefined)
  }

  #budget(supervisor: ActorId, child?: ActorId): Budget {
    const key = `${supervisor} ${this.#lifeOf(supervisor)} ${child ?? ''}`
    let budget = this.#budgets.get(key)
    if (budget === undefined) this.#budgets.set(key, (budget = { spentAtMs: [], endsAtMs: [] }))
    return budget
  }

  #lifeOf(id: ActorId): number {
    return this.#lives.get(id) ?? 1
  }
}

function start(actor: Actor): string | undefined {
  if (actor.hasStarted) return `"${actor.path}" has started twice in one life`
  actor.hasStarted = true
  return undefined
}

function retry(actor: Actor, attempt: number): string | undefined {
  if (actor.child.backoff === undefined) return `"${actor.path}" backs off, and has no backoff`
  if (actor.down === undefined) return `"${actor.path}" backs off while it lives`
  if (attempt !== 1 && attempt !== actor.attempt + 1)
    return `"${actor.path}" backs off for attempt ${attempt} after ${actor.attempt}`
  actor.attempt = attempt
  return undefined
}
