// A group desk: the groups of a cluster as this node's programs use them; who has ended is in none, and a node that was removed tells its own anew.
import { Groups } from '../../actors/cluster/groups/groups.ts'
import { refAt } from '../../runtime/ref.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { GroupListener } from '../../actors/cluster/groups/group-index.ts'
import type { Host } from '../../runtime/cell.ts'
import type { LocalRef } from '../../runtime/ref.ts'
import type { Random } from '../../runtime/random.ts'

export interface GroupDeskParts {
  readonly host: Host
  readonly clock: Clock
  readonly random: Random
  /** Hands bytes to a member, or loses them. */
  say(member: number, bytes: Uint8Array): void
}

export class GroupDesk {
  readonly #parts: GroupDeskParts
  #groups: Groups
  /** What ends the watch of each that is in a group. */
  readonly #watched = new Map<string, () => void>()
  readonly #listeners = new Set<{ readonly group: string; readonly hear: GroupListener; end: () => void }>()
  #peers: readonly number[] = []

  constructor(parts: GroupDeskParts) {
    this.#parts = parts
    this.#groups = this.#open(0)
  }

  /**
   * Puts an actor of this node into a group, until it leaves or ends.
   * @param group a name like a path
   * @throws {Fault} `name-invalid` `groups-full`
   */
  join(group: string, { path }: { readonly path: string }): void {
    this.#groups.join(group, path)
    if (this.#watched.has(path)) return
    const end = refAt(this.#parts.host, path).watch(() => this.#ended(path))
    this.#watched.set(path, end)
  }

  leave(group: string, { path }: { readonly path: string }): void {
    this.#groups.leave(group, path)
    if (this.#groups.groupsOf(path).length > 0) return
    this.#watched.get(path)?.()
    this.#watched.delete(path)
  }

  /** Those that are in a group now, as far as this node knows: eventually all nodes know the same. */
  members(group: string): LocalRef[] {
    return this.#groups.members(group).map((path) => refAt(this.#parts.host, path))
  }

  /** Hears of each that comes into a group or leaves it. @returns what ends it @throws {Fault} `groups-full` */
  watch(group: string, listener: GroupListener): () => void {
    const own = { group, hear: listener, end: this.#groups.watch(group, listener) }
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
      own.end()
    }
  }

  /** This node is a member by that number from now on. Who was in a group before has ended, and so has whoever watched one. */
  became(member: number): void {
    this.#groups.close()
    for (const end of this.#watched.values()) end()
    this.#watched.clear()
    const before = this.#groups
    this.#groups = this.#open(member)
    this.#peers = []
    for (const listener of this.#listeners) {
      const { group, hear } = listener
      for (const path of before.members(group)) hear({ path, isIn: false })
      listener.end = this.#groups.watch(group, hear)
    }
  }

  /** These are the members now, by their numbers. */
  renew(members: readonly number[]): void {
    for (const one of this.#peers) if (!members.includes(one)) this.#groups.removePeer(one)
    for (const one of members) this.#groups.addPeer(one)
    this.#peers = members
  }

  receive(from: number, bytes: Uint8Array): void {
    this.#groups.receive(from, bytes)
  }

  close(): void {
    this.#groups.close()
  }

  #open(self: number): Groups {
    const { clock, random, say } = this.#parts
    return new Groups({ self, clock, random: random.fork(`groups ${self}`), send: say })
  }

  #ended(path: string): void {
    this.#watched.delete(path)
    this.#groups.leaveAll(path)
  }
}
