// A road map: all roads of one runtime, by the root that each leads to.
import { Road } from './road.ts'
import { upwards } from '../../runtime/path.ts'
import type { Far } from '../../runtime/far.ts'
import type { Link } from './link.ts'
import type { Traveller } from './traveller.ts'

/** Roads that one runtime remembers; the oldest is forgotten for a new one, and asked for again at need. */
export const roadsMax = 100_000

export class RoadMap {
  readonly #roads = new Map<string, Road>()
  /** The roads on which something may wait. */
  readonly #waiting = new Set<Road>()

  get isFull(): boolean {
    return this.#roads.size >= roadsMax
  }

  /** Messages that wait on all of them. */
  get held(): number {
    let count = 0
    for (const road of this.#waiting) count += road.held.length
    return count
  }

  get(top: string): Road | undefined {
    return this.#roads.get(top)
  }

  /** The road to whoever has that path, remembered by the party itself. */
  to(far: Far): Road | undefined {
    if (far.road instanceof Road && !far.road.isOver) return far.road
    far.road = this.#roads.size === 0 ? undefined : upwards(far.path, (top) => this.#roads.get(top))
    return far.road instanceof Road ? far.road : undefined
  }

  add(road: Road): void {
    this.#roads.set(road.top, road)
  }

  delete(road: Road): void {
    this.#roads.delete(road.top)
    this.#waiting.delete(road)
  }

  values(): MapIterator<Road> {
    return this.#roads.values()
  }

  /** Something waits on it from now on. */
  waitsOn(road: Road): void {
    this.#waiting.add(road)
  }

  /** Whether something waits of which `of` says yes; roads on which nothing waits any more are looked at once. */
  holds(of: (traveller: Traveller) => boolean): boolean {
    for (const road of this.#waiting) {
      if (road.held.length === 0) this.#waiting.delete(road)
      else if (road.held.some(of)) return true
    }
    return false
  }

  /** The one that has been open for longest, and its link. */
  oldestOpen(): { readonly road: Road; readonly link: Link } | undefined {
    for (const road of this.#roads.values()) {
      const { link } = road
      if (road.isOpen && link !== undefined) return { road, link }
    }
    return undefined
  }
}
