// The cluster's state: what all nodes know in common, changed by commands alone. The same commands give the same state everywhere.
import { endLease, setSetting, shed, takeLease } from './agreement-verbs.ts'
import { claimHomes, rehomeHomes, releaseHomes, settleHomes } from './home-verbs.ts'
import { Ledger } from './ledger.ts'
import { findHomes } from './member-end.ts'
import { drain, join, leave, pardon, remove, revoke, up, update } from './member-verbs.ts'
import type { Answer } from './answer.ts'
import type { ClusterChange } from './change.ts'
import type { ClusterFacts, Lease, Shard } from './cluster-facts.ts'
import type { Command } from './command.ts'
import type { Ended } from './decision.ts'
import type { Home } from './home.ts'
import type { Member } from './member.ts'

export interface Applied {
  readonly answer: Answer
  /** In the order in which they happened. */
  readonly changes: readonly ClusterChange[]
}

export class ClusterState implements ClusterFacts {
  readonly #ledger: Ledger

  constructor(ledger: Ledger = new Ledger()) {
    this.#ledger = ledger
  }

  /** What a snapshot writes down; it is for reading. */
  get ledger(): Ledger {
    return this.#ledger
  }

  /** Applies a command that is as its shape says: one that was decoded. */
  apply(command: Command): Applied {
    const answer = perform(this.#ledger, command)
    return { answer, changes: this.#ledger.takeChanges() }
  }

  get view(): number {
    return this.#ledger.roster.view
  }

  get lastEpoch(): number {
    return this.#ledger.homes.lastEpoch
  }

  get memberCount(): number {
    return this.#ledger.roster.count
  }

  get homeCount(): number {
    return this.#ledger.homes.count
  }

  member(number: number): Member | undefined {
    return this.#ledger.roster.get(number)
  }

  memberByPeer(peer: string): Member | undefined {
    return this.#ledger.roster.byPeer(peer)
  }

  memberByName(name: string): Member | undefined {
    return this.#ledger.roster.byName(name)
  }

  memberByUid(uid: string): Member | undefined {
    return this.#ledger.roster.byUid(uid)
  }

  members(): IterableIterator<Member> {
    return this.#ledger.roster.all()
  }

  home(top: string): Home | undefined {
    return this.#ledger.homes.get(top)
  }

  under(path: string): Home | undefined {
    return this.#ledger.homes.under(path)
  }

  kinOf(path: string): Home[] {
    return this.#ledger.homes.kinOf(path)
  }

  homes(): IterableIterator<Home> {
    return this.#ledger.homes.all()
  }

  homesOf(member: number): IterableIterator<Home> {
    return this.#ledger.homes.of(member)
  }

  homeCountOf(member: number): number {
    return this.#ledger.homes.countOf(member)
  }

  setting(key: string): string | undefined {
    return this.#ledger.settings.get(key)
  }

  settings(): IterableIterator<readonly [key: string, value: string]> {
    return this.#ledger.settings.entries()
  }

  lease(name: string): Lease | undefined {
    return this.#ledger.leases.get(name)
  }

  leases(): IterableIterator<Lease> {
    return this.#ledger.leases.values()
  }

  shards(): readonly Shard[] {
    return this.#ledger.shards.all()
  }

  isRevoked(peer: string): boolean {
    return this.#ledger.revoked.has(peer)
  }

  revoked(): IterableIterator<string> {
    return this.#ledger.revoked.values()
  }

  ended(): readonly Ended[] {
    return this.#ledger.ended
  }
}

function perform(ledger: Ledger, command: Command): Answer {
  switch (command.type) {
    case 'join':
      return join(ledger, command)
    case 'update':
      return update(ledger, command)
    case 'up':
      return up(ledger, command)
    case 'drain':
      return drain(ledger, command)
    case 'leave':
      return leave(ledger, command)
    case 'remove':
      return remove(ledger, command)
    case 'revoke':
      return revoke(ledger, command)
    case 'pardon':
      return pardon(ledger, command)
    case 'claim':
      return claimHomes(ledger, command)
    case 'release': {
      const answer = releaseHomes(ledger, command)
      // Who has waited for the sake of kin that are let go need not wait any more.
      if (command.member === 0) findHomes(ledger)
      return answer
    }
    case 'rehome':
      return rehomeHomes(ledger, command)
    case 'settle':
      return settleHomes(ledger, command)
    case 'shed':
      return shed(ledger, command)
    case 'lease':
      return takeLease(ledger, command)
    case 'unlease':
      return endLease(ledger, command)
    case 'set':
      return setSetting(ledger, command)
  }
}
