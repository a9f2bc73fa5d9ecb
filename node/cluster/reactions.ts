// Reactions: what a node does when the cluster has decided something: it links and unlinks, takes over, and remembers who there is.
import { leaseBoundMs, leaseTimingDefault } from '../../actors/cluster/failure/timing.ts'
import type { AddressBook } from './address-book.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { MemberEnd } from '../../actors/cluster/state/decision.ts'
import type { Bindings } from './bindings.ts'
import type { ClusterChange, HomeCause } from '../../actors/cluster/state/change.ts'
import type { ClusterGuide } from './cluster-guide.ts'
import type { Directory } from './directory.ts'
import type { EventKind } from '../../runtime/event-log.ts'
import type { Home } from '../../actors/cluster/state/home.ts'
import type { Member } from '../../actors/cluster/state/member.ts'
import type { Peers } from './peers.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { Shards } from './shards.ts'
import type { Takeovers } from './takeovers.ts'

export interface ReactionParts {
  readonly clock: Clock
  readonly directory: Directory
  readonly bindings: Bindings
  readonly guide: ClusterGuide
  readonly takeovers: Takeovers
  readonly shards: Shards
  readonly peers: Peers
  readonly book: AddressBook
  /** This node. */
  readonly peer: PeerId
  /** Its number as a member; 0 while it is none. */
  member(): number
  uid(): string
  /** A root's name has become this node's. */
  claimed(home: Home): void
  /** This process is a member no more. */
  expelled(): void
  /** Who is a member, or what one says of itself, is other than before. */
  membersChanged(): void
  note(kind: EventKind, about: Member): void
}

export class Reactions {
  readonly #parts: ReactionParts

  constructor(parts: ReactionParts) {
    this.#parts = parts
    parts.directory.watch(
      (change) => this.#changed(change),
      () => this.#renewed(),
    )
  }

  /** Until when a process that ended without a word, or against its will, may still believe that it is a member. */
  #unsureUntilMs = -Infinity

  /**
   * Who is removed for its silence has no lease any more, and who leaves lets go first. Who was started again elsewhere, or was revoked, may be
   * running still: it acts no longer than its last lease.
   */
  #ended(end: MemberEnd): void {
    if (end === 'left' || end === 'removed') return
    const { clock, guide } = this.#parts
    const untilMs = clock.now() + leaseBoundMs(leaseTimingDefault)
    this.#unsureUntilMs = untilMs
    clock.alarm(untilMs, () => {
      if (this.#unsureUntilMs === untilMs) guide.release()
    })
  }

  #changed(change: ClusterChange): void {
    const { guide, peers, shards } = this.#parts
    switch (change.type) {
      case 'member-joined':
      case 'member-changed':
      case 'member-ended':
        this.#memberChanged(change)
        return
      case 'home-changed':
        if (change.to === this.#parts.member() && change.to !== 0) this.#gotHome(change.home, change.cause)
        guide.changed()
        return
      case 'shard-changed':
        if (change.to === this.#parts.member()) {
          this.#parts.bindings.refersTo(this.#parts.directory.index)
          if (change.from === 0 && this.#parts.clock.now() < this.#unsureUntilMs) guide.hold(change.shard)
        }
        guide.changed()
        shards.changed()
        return
      case 'home-settled':
      case 'lease-changed':
      case 'setting-changed':
      case 'peer-pardoned':
        return
      case 'peer-revoked':
        for (const talk of peers.talks) if (talk.peer === change.peer) talk.end()
    }
  }

  #memberChanged(change: ClusterChange & { readonly member: Member }): void {
    const { bindings, directory, note } = this.#parts
    const { member } = change
    if (change.type === 'member-ended') {
      this.#ended(change.end)
      if (member.number === this.#parts.member()) this.#parts.expelled()
      else {
        bindings.end(member.number)
        note('node-lost', member)
      }
    } else if (this.#parts.member() !== 0) {
      bindings.refersTo(directory.index)
      bindings.begin(member)
      if (change.type === 'member-changed') this.#readdress(member)
      else note('node-joined', member)
    }
    this.#membersChanged()
  }

  #readdress({ peer, uid, addresses }: Member): void {
    if (uid !== this.#parts.uid()) this.#parts.peers.talkTo({ peer, uid, addresses })
  }

  /** Changes were skipped by a snapshot: everything is looked at again. */
  #renewed(): void {
    const { bindings, directory, takeovers, expelled } = this.#parts
    const own = this.#parts.member()
    // How their members have ended was skipped as well.
    const notBeforeMs = this.#parts.clock.now() + leaseBoundMs(leaseTimingDefault)
    if (own !== 0 && directory.facts.member(own) === undefined) expelled()
    bindings.refersTo(directory.index)
    bindings.renew()
    if (own !== 0)
      for (const { top, isSettled } of directory.facts.homesOf(own))
        if (!isSettled) takeovers.add(top, notBeforeMs)
    this.#parts.shards.changed()
    this.#membersChanged()
  }

  #membersChanged(): void {
    this.#parts.guide.changed()
    this.#parts.membersChanged()
    this.#keepBook()
  }

  #gotHome(home: Home, cause: HomeCause): void {
    const { bindings, directory, takeovers } = this.#parts
    bindings.refersTo(directory.index)
    if (cause === 'lost' || cause === 'found') takeovers.add(home.top, this.#unsureUntilMs)
    else if (cause === 'claimed') this.#parts.claimed(home)
  }

  #keepBook(): void {
    const { directory, book } = this.#parts
    const { facts } = directory
    const others = [...facts.members()].filter(({ peer }) => peer !== this.#parts.peer)
    // Those that have ended stand behind: they may be back when this node is, and an operator may want to revoke them by name.
    const former = book.entries.filter(
      ({ peer }) => facts.memberByPeer(peer) === undefined && !facts.isRevoked(peer),
    )
    book.keep([...others.map(({ peer, name, addresses }) => ({ peer, name, addresses })), ...former])
  }
}
