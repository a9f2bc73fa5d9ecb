// A road: the way from one runtime to a root that lives in another, and what waits while nobody knows which way that is.
import { crosses, isNode } from './border.ts'
import type { Link } from './link.ts'
import type { Links } from './links.ts'
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

  /**
   * A flush that must not wait on this road: the road's own, back where it began; or that of another, when the root came here and ended
   * before the road's own was back. They would wait for ever, the second for one that waits for it.
   * @param own this runtime's number
   */
  answers(traveller: Traveller, own: number): boolean {
    if (traveller.type !== 'flush') return false
    return traveller.replyTo === own || (this.flushId !== undefined && this.home.thread === own)
  }

  /**
   * The link on which something goes now; undefined if it waits. What was sent on from here to another node and has come back is older than all
   * that waits here for the marker, and goes first.
   * @param own this runtime's number
   */
  wayFor(traveller: Traveller, own: number, links: Links): Link | undefined {
    if (this.isOpen) return this.link
    const from = this.flushId === undefined ? undefined : this.link?.thread
    if (from === undefined || !isNode(from) || traveller.type === 'flush') return undefined
    const { via } = traveller
    const isBack = via?.at(-2) === from && via.slice(0, -1).includes(own)
    return isBack ? links.get(this.home.thread) : undefined
  }

  /** Whether it leads across the border between nodes, seen from `from`: whatever comes from there later takes this road too. */
  isAcross(from: number, own: number): boolean {
    return this.home.thread !== own && crosses(from, this.home.thread)
  }
}
