// Flushes: the markers that a runtime has sent behind its messages, and that are still on their way to where a root lives.
import { Deadline } from '../../runtime/deadline.ts'
import type { Host } from '../../runtime/cell.ts'
import type { Link } from './link.ts'
import type { Road } from './road.ts'

/** A marker that is not back after this long is sent again, in milliseconds: it may have been in a thread that was lost. */
const againAfterMs = 1_000

export class Flushes {
  readonly #host: Host
  readonly #thread: number
  readonly #roads = new Map<number, Road>()
  readonly #again: Deadline = new Deadline(() => this.#sendAgain())
  readonly #overdue: (road: Road) => void
  #last = 0

  /**
   * @param thread this runtime's own number
   * @param overdue a marker is not back in time
   */
  constructor(host: Host, thread: number, overdue: (road: Road) => void) {
    this.#overdue = overdue
    this.#host = host
    this.#thread = thread
  }

  get count(): number {
    return this.#roads.size
  }

  /** Holds a road until all that was sent on it has arrived. */
  begin(road: Road, link: Link): void {
    this.forget(road)
    road.hold()
    const id = ++this.#last
    road.flushId = id
    this.#roads.set(id, road)
    link.flush({ path: road.top }, id, this.#thread)
    const { timers, clock } = this.#host
    if (this.#again.heapIndex < 0) timers.add(this.#again, clock.now() + againAfterMs)
  }

  /** The same, and then nobody may use the road any more. */
  leave(road: Road, link: Link): void {
    road.isLeaving = true
    this.begin(road, link)
  }

  /** The road that waits for it. */
  peek(id: number): Road | undefined {
    return this.#roads.get(id)
  }

  /** One has arrived: the road that waited for it, if it still does. */
  take(id: number): Road | undefined {
    const road = this.#roads.get(id)
    if (road === undefined) return undefined
    this.forget(road)
    return road
  }

  /** Nobody waits for it any more. */
  forget(road: Road): void {
    if (road.flushId === undefined) return
    this.#roads.delete(road.flushId)
    road.flushId = undefined
    if (this.#roads.size === 0) this.#host.timers.remove(this.#again)
  }

  /** Sends those again that are not back: a second one is behind all that the first was behind, and whoever answers first counts. */
  #sendAgain(): void {
    for (const [id, road] of this.#roads) {
      if (road.flushId !== id) this.#roads.delete(id)
      else if (road.link?.isClosed === false) {
        this.#overdue(road)
        road.link.flush({ path: road.top }, id, this.#thread)
      }
    }
    const { timers, clock } = this.#host
    if (this.#roads.size > 0) timers.add(this.#again, clock.now() + againAfterMs)
  }
}
