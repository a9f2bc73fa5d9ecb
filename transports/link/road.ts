// A road: the way from one runtime to a root that lives in another, and what waits while nobody knows which way that is.
import type { Link } from './link.ts'
import type { Home } from './record.ts'
import type { Traveller } from './traveller.ts'

/**
 * Open, it sends at once. Held, it keeps what comes in order: while its root moves, while what was sent on the old way may still be on
 * it, or while there is no link yet.
 */
export class Road {
  readonly top: string
  home: Home
  link: Link | undefined = undefined
  isOpen = false
  /** Nobody may use it any more; there may be another by now. */
  isOver = false
  /** What waits on it; the road map's to change. */
  held: Traveller[] = []
  /** Called once, when nobody may use it any more. */
  whenOver: (() => void)[] = []
  /** The number of the flush that has to come back before it opens. */
  flushId: number | undefined = undefined
  /** To be forgotten once that flush is back. */
  isLeaving = false
  /** Messages sent, for placement to learn from. */
  sent = 0
  /** The runtimes that have been told of this home. */
  readonly told: Set<number> = new Set()

  constructor(home: Home) {
    this.top = home.top
    this.home = home
  }

  /** From now on what comes is sent at once. */
  open(link: Link): void {
    this.link = link
    this.isOpen = true
    this.flushId = undefined
  }

  hold(): void {
    this.isOpen = false
  }
}
