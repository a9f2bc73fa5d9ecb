// A roster: the living members, found by number, peer, name or uid.
import { invariant } from '../../../runtime/invariant.ts'
import type { Member } from './member.ts'

export class Roster {
  readonly #members = new Map<number, Member>()
  readonly #byPeer = new Map<string, number>()
  readonly #byName = new Map<string, number>()
  readonly #byUid = new Map<string, number>()
  #lastNumber = 0
  #view = 0

  /** Rises with each change of a member but its load. */
  get view(): number {
    return this.#view
  }

  get lastNumber(): number {
    return this.#lastNumber
  }

  get count(): number {
    return this.#members.size
  }

  /** By number, since numbers only rise and a member never changes its place. */
  all(): IterableIterator<Member> {
    return this.#members.values()
  }

  get(number: number): Member | undefined {
    return this.#members.get(number)
  }

  byPeer(peer: string): Member | undefined {
    return this.#found(this.#byPeer.get(peer))
  }

  byName(name: string): Member | undefined {
    return this.#found(this.#byName.get(name))
  }

  byUid(uid: string): Member | undefined {
    return this.#found(this.#byUid.get(uid))
  }

  /** Gives the next number. What is unique must be free. */
  add(member: Omit<Member, 'number'>): Member {
    const added = { ...member, number: this.#lastNumber + 1 }
    this.#view++
    this.#keep(added)
    return added
  }

  /** Puts what is known now in the place of what was known. */
  change(member: Member, isNewView: boolean): void {
    invariant(this.#members.has(member.number), 'A member changed that is not in the roster')
    this.#members.set(member.number, member)
    if (isNewView) this.#view++
  }

  remove(member: Member): void {
    invariant(this.#members.delete(member.number), 'A member ended that is not in the roster')
    this.#byPeer.delete(member.peer)
    this.#byName.delete(member.name)
    this.#byUid.delete(member.uid)
    this.#view++
  }

  /** Makes an empty roster the one that was written down. @param members by number */
  fill(members: readonly Member[], lastNumber: number, view: number): void {
    for (const member of members) this.#keep(member)
    invariant(lastNumber >= this.#lastNumber, 'A member has a number that was not given')
    this.#lastNumber = lastNumber
    this.#view = view
  }

  #keep(member: Member): void {
    const { number, peer, name, uid } = member
    invariant(
      number > this.#lastNumber &&
        !this.#byPeer.has(peer) &&
        !this.#byName.has(name) &&
        !this.#byUid.has(uid),
      'Two members of the roster are one',
    )
    this.#lastNumber = number
    this.#members.set(number, member)
    this.#byPeer.set(peer, number)
    this.#byName.set(name, number)
    this.#byUid.set(uid, number)
  }

  #found(number: number | undefined): Member | undefined {
    return number === undefined ? undefined : this.#members.get(number)
  }
}
