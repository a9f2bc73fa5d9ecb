// Hints: what other nodes say of where a root lives. They are believed once the guide says the same; until then they are asked after.
import { Deadline } from '../../runtime/deadline.ts'
import type { Host } from '../../runtime/cell.ts'
import type { Home } from './record.ts'
import type { Roads } from './roads.ts'

/** Hints that wait for this node's own copy to catch up; more are dropped, and their messages take the longer way. */
export const hintsWaitingMax = 1_000
/** Between two looks, in milliseconds, and how many there are. */
const againMs = 250
const lastLook = 8

export class Hints {
  readonly #host: Host
  readonly #roads: Roads
  #waiting = 0

  constructor(host: Host, roads: Roads) {
    this.#host = host
    this.#roads = roads
  }

  /** A root lives there, somebody says. Only whoever sends there has to know. */
  take(home: Home, looks: number = 1): void {
    const road = this.#roads.map.get(home.top)
    if (road === undefined || road.home.thread === home.thread) return
    this.#roads.resolve(home.top, (found) => {
      if (found?.thread === home.thread) this.#roads.moved(found)
      else if (looks < lastLook) this.#later(home, looks)
    })
  }

  /**
   * A flush came back, a node says. It may say so if the flush was sent there, or if the root lives there by now; where it lives the guide
   * says, not the node. What is not believed is sent again by itself.
   */
  flushed(node: number, id: number, isSomewhere: boolean): void {
    const road = this.#roads.flushes.peek(id)
    if (road === undefined) return
    this.#roads.resolve(road.top, (home) => {
      if (road.flushId !== id || (road.link?.thread !== node && home?.thread !== node)) return
      this.#roads.flushed(id, isSomewhere ? home : undefined)
    })
  }

  #later(home: Home, looks: number): void {
    if (this.#waiting >= hintsWaitingMax) return
    this.#waiting++
    const { timers, clock } = this.#host
    const again = new Deadline(() => {
      this.#waiting--
      this.take(home, looks + 1)
    })
    timers.add(again, clock.now() + againMs)
  }
}
