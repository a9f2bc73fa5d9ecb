// Bindings: which sessions with other nodes carry messages between actors, and under which number; one for each living member but this one.
import type { Link } from '../../transports/link/link.ts'
import type { Member } from '../../actors/cluster/state/member.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { HeadOffice } from '../threads/head-office.ts'
import type { Station } from '../threads/station.ts'
import type { PeerTalk } from './peer-talk.ts'

export interface BindingParts {
  readonly station: Station
  readonly office: HeadOffice
  facts(): ClusterFacts
  /** This node's number; 0 while it is no member. */
  member(): number
  /** What is said with a member's process, if it has been reached or dialled. */
  talkTo(member: Member): PeerTalk
}

export class Bindings {
  readonly #parts: BindingParts
  readonly #links = new Map<number, { readonly link: Link; readonly talk: PeerTalk }>()

  constructor(parts: BindingParts) {
    this.#parts = parts
  }

  /** The members with which this node has a link. */
  get members(): number[] {
    return [...this.#links.keys()]
  }

  talk(member: number): PeerTalk | undefined {
    return this.#links.get(member)?.talk
  }

  /** What this node sends from now on may refer to what was decided up to an index. */
  refersTo(index: number): void {
    for (const { talk } of this.#links.values()) talk.wire.refersTo(index)
  }

  /** Links this node to all members that it has no link with, and ends the links with those that are no more. */
  renew(): void {
    const { facts, member } = this.#parts
    if (member() === 0) return
    const living = new Map([...facts().members()].map((one) => [one.number, one]))
    for (const number of this.members) if (!living.has(number)) this.end(number)
    // While this node was no member itself nobody told it who else is none any more.
    const { roads } = this.#parts.station
    const led = new Set([...roads.all()].map(({ home }) => -home.thread))
    for (const number of led) if (number > 0 && number !== member() && !living.has(number)) this.end(number)
    for (const one of living.values()) this.begin(one)
  }

  begin(member: Member): void {
    const { station, talkTo } = this.#parts
    const own = this.#parts.member()
    if (own === 0 || member.number === own || this.#links.has(member.number)) return
    const talk = talkTo(member)
    this.#links.set(member.number, { link: station.link(-member.number, talk.wire.wire, talk.bulk), talk })
  }

  /** This node is no member any more: nobody speaks with it by the number that it had, and all that it knew of the others is in doubt. */
  dropAll(): void {
    for (const [member, { talk }] of this.#links) {
      this.#links.delete(member)
      talk.end()
      this.#parts.office.nodeLost(-member)
    }
  }

  /** A member is no more: what was sent there and not answered has no outcome, and whom it had lives elsewhere or nowhere. */
  end(member: number): void {
    const bound = this.#links.get(member)
    this.#links.delete(member)
    this.#parts.station.threadLost(-member)
    bound?.talk.end()
    this.#parts.office.nodeLost(-member)
  }
}
