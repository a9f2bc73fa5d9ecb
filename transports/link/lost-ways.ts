// Lost ways: what came by way of a node that is lost is lost with it. Its sender has found another way by then, and may have sent newer on that.
import { isNode } from './border.ts'
import type { Border } from './border.ts'
import type { Link } from './link.ts'
import type { Roads } from './roads.ts'
import type { Traveller } from './traveller.ts'

/** Whether a node has sent it on for another; what is from the node itself can be overtaken by nothing. */
export function wasSentOnBy(node: number, via: readonly number[] | undefined): boolean {
  const at = via?.lastIndexOf(node) ?? -1
  return via?.slice(0, Math.max(0, at)).some((one) => one !== node) === true
}

/** Whether it came from another node. */
function isForeign(traveller: Traveller): boolean {
  if (traveller.type === 'flush') return isNode(traveller.replyTo)
  return traveller.via?.some(isNode) === true
}

export class LostWays {
  readonly #roads: Roads
  readonly #border: Border | undefined

  constructor(roads: Roads, border: Border | undefined) {
    this.#roads = roads
    this.#border = border
  }

  /** Whether something that has just come was sent on by a node that is lost by now; to a node that is no member all others are lost. */
  leadsTo(via: readonly number[] | undefined): boolean {
    if (via === undefined) return false
    if (this.#border?.member === 0) return via.some(isNode)
    return via.some((one) => isNode(one) && this.#roads.links.isLost(one) && wasSentOnBy(one, via))
  }

  /** A node is lost: what waits here and was sent on by it goes no further. */
  nodeLost(node: number): void {
    this.#end((traveller) => traveller.type !== 'flush' && wasSentOnBy(node, traveller.via))
  }

  /** This node was removed: what came from others and waits here for its way goes no further, and comes too late when this one is a member again. */
  removed(): void {
    this.#end(isForeign)
  }

  /** Of what never left on a link that is closed: what was to be sent on for another node ends with the node that it was to go to. */
  kept(link: Link, unsent: readonly Traveller[]): Traveller[] {
    if (!isNode(link.thread) && this.#border?.member !== 0) return [...unsent]
    for (const traveller of unsent)
      if (isForeign(traveller)) this.#roads.dispatch.refuse(traveller, 'node-lost')
    return unsent.filter((traveller) => !isForeign(traveller))
  }

  #end(of: (traveller: Traveller) => boolean): void {
    for (const traveller of this.#roads.takeOut(of)) this.#roads.dispatch.refuse(traveller, 'node-lost')
  }
}
