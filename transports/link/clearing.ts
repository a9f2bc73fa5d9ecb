// A clearing: before an actor sends from elsewhere, what it has sent from here must have arrived, or it would overtake itself.
import type { Link } from './link.ts'
import type { ReplyTable } from './reply-table.ts'
import type { Roads } from './roads.ts'
import type { Traveller } from './traveller.ts'

/** How many runtimes in a row may ask on, because they have sent on what was sent to them. */
export const clearingDepthMax = 4

export class Clearing {
  readonly #roads: Roads
  readonly #replies: ReplyTable
  /** The runtimes whose messages were sent on from here since they were last asked after. */
  readonly #strayed = new Set<number>()
  /** What is asked just now for a runtime whose messages were sent on. */
  readonly #underWay = new Map<number, Promise<boolean>>()
  /** How many messages had been sent on a link when it was last known that all of them have arrived. */
  readonly #confirmed = new WeakMap<Link, number>()

  constructor(roads: Roads, replies: ReplyTable) {
    this.#roads = roads
    this.#replies = replies
  }

  /** Something that came from a runtime was sent on. */
  strayed(from: number): void {
    this.#strayed.add(from)
  }

  /** Whether something that comes from a root or from below it waits here for its way. */
  holdsFrom(top: string): boolean {
    return this.#roads.holds((traveller) => {
      const from = senderOf(traveller)
      return from === top || from?.startsWith(`${top}/`) === true
    })
  }

  /** Whether all is clear already: nothing was sent since the others have last said so. */
  get isClear(): boolean {
    return [...this.#roads.links.values()].every((link) => this.#isConfirmed(link))
  }

  /**
   * Resolves once all that was sent from here so far has been read where it was sent to, and where it was sent on to. False if some of it
   * waits on its way, for how long nobody knows.
   */
  async clear(depth = 0): Promise<boolean> {
    const links = [...this.#roads.links.values()].filter((link) => !this.#isConfirmed(link))
    const answers = await Promise.all(links.map((link) => this.#ask(link, depth)))
    return answers.every((isClear) => isClear)
  }

  /** Answers a runtime whether all that it has sent here has found its way. */
  async answer(link: Link, id: number, depth: number): Promise<void> {
    const { thread } = link
    const waits = this.#roads.holds(
      (traveller) => traveller.type !== 'flush' && traveller.via?.includes(thread) === true,
    )
    if (waits || depth >= clearingDepthMax) {
      link.reply(id, !waits && !this.#strayed.has(thread))
      return
    }
    const before = depth === 0 ? this.#underWay.get(thread) : undefined
    const isBefore = before === undefined || (await before)
    link.reply(id, isBefore && (await this.#clearFor(thread, depth)))
  }

  /** Asks on for a runtime whose messages were sent on; others may ask for it meanwhile. */
  async #clearFor(thread: number, depth: number): Promise<boolean> {
    if (!this.#strayed.delete(thread)) return true
    const answer = this.clear(depth + 1)
    this.#underWay.set(thread, answer)
    const isClear = await answer
    if (this.#underWay.get(thread) === answer) this.#underWay.delete(thread)
    if (!isClear) this.#strayed.add(thread)
    return isClear
  }

  #isConfirmed(link: Link): boolean {
    return link.isClosed || (this.#confirmed.get(link) ?? 0) === link.messagesSent
  }

  /** Also of a link whose reader has caught up: it may have sent on what it has read. */
  async #ask(link: Link, depth: number): Promise<boolean> {
    const { messagesSent } = link
    const isClear = await new Promise<boolean>((resolve) => {
      // Who dies does not read any more, but nobody else will be sent what it was sent either.
      const id = this.#replies.open(
        { settle: (answer) => resolve(answer === true), refuse: () => resolve(true) },
        link.thread,
      )
      link.echo(id, depth)
    })
    if (isClear) this.#confirmed.set(link, messagesSent)
    return isClear
  }
}

function senderOf(traveller: Traveller): string | undefined {
  if (traveller.type === 'message') return traveller.envelope.from?.path
  return traveller.type === 'offer' ? traveller.offer.envelope.from?.path : undefined
}
