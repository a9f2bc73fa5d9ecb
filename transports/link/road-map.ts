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
  /** The roads on which something waits. */
  readonly #waiting = new Set<Road>()
  #held = 0

  get isFull(): boolean {
    return this.#roads.size >= roadsMax
  }

  /** Messages that wait on all of them. */
  get held(): number {
    return this.#held
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

  /** Nobody may use it any more; returns what has waited on it. */
  delete(road: Road): Traveller[] {
    this.#roads.delete(road.top)
    return this.release(road)
  }

  values(): MapIterator<Road> {
    return this.#roads.values()
  }

  /** Lets something wait, behind what waits on that road already. */
  hold(road: Road, traveller: Traveller): void {
    road.held.push(traveller)
    this.#held++
    this.#waiting.add(road)
  }

  /** Lets what never left wait in front of what waits on its road; returns what has none. */
  holdFirst(unsent: readonly Traveller[]): Traveller[] {
    const others: Traveller[] = []
    const behind = new Map<Road, Traveller[]>()
    for (const traveller of unsent) {
      const road = this.to(traveller.to)
      if (road === undefined || road.isOpen) others.push(traveller)
      else {
        if (!behind.has(road)) behind.set(road, this.release(road))
        this.hold(road, traveller)
      }
    }
    for (const [road, travellers] of behind) for (const traveller of travellers) this.hold(road, traveller)
    return others
  }

  /** Takes out all that waits on a road. */
  release(road: Road): Traveller[] {
    const { held } = road
    road.held = []
    this.#held -= held.length
    this.#waiting.delete(road)
    return held
  }

  /** Takes out all that wait of which `of` says yes. */
  takeOut(of: (traveller: Traveller) => boolean): Traveller[] {
    return [...this.#waiting].flatMap((road) => {
      const held = this.release(road)
      for (const one of held) if (!of(one)) this.hold(road, one)
      return held.filter(of)
    })
  }

  /** Whether something waits of which `of` says yes. */
  holds(of: (traveller: Traveller) => boolean): boolean {
    return this.#waiting.values().some(({ held }) => held.some(of))
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
