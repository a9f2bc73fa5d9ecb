// Groups: named sets of actors all over the cluster, known to every node, by gossip: each node tells of its own actors alone.
import { Fault } from '../../../runtime/fault.ts'
import { checkPath, isPath } from '../../../runtime/path.ts'
import { FarEntries } from './far-entries.ts'
import { GroupIndex } from './group-index.ts'
import { decodeGroupMessage, encodeGroupMessage } from './group-message.ts'
import { entriesMax, OwnEntries } from './own-entries.ts'
import type { Alarm, Clock } from '../../../runtime/clock.ts'
import type { Random } from '../../../runtime/random.ts'
import type { GroupListener } from './group-index.ts'
import type { GroupMessage } from './group-message.ts'

/** Between two rounds in which a node says how far it is, so that others find what they have missed. */
export const gossipMs = 1_000
/** Nodes that hear it in each round. */
const gossipPeers = 8

export interface GroupsParts {
  /** This node's member number. */
  readonly self: number
  readonly clock: Clock
  readonly random: Random
  /** Hands a message to a member, or loses it; must not throw. The bytes are the receiver's. */
  readonly send: (to: number, bytes: Uint8Array) => void
}

/** Eventually all nodes that can speak with each other know the same; no order is promised between nodes. */
export class Groups {
  readonly #parts: GroupsParts
  readonly #own = new OwnEntries()
  readonly #index = new GroupIndex()
  readonly #peers = new Map<number, FarEntries>()
  #told = 0
  #isTelling = false
  #isClosed = false
  #round: Alarm
  /** Messages that were none, or of nobody. */
  #refused = 0

  constructor(parts: GroupsParts) {
    this.#parts = parts
    this.#round = this.#nextRound()
  }

  get refused(): number {
    return this.#refused
  }

  /**
   * Puts an actor of this node into a group; does nothing if it is in.
   * @param group a name like a path
   * @throws {Fault} `name-invalid` · `groups-full`
   */
  join(group: string, path: string): void {
    checkPath(group)
    if (!isPath(path)) checkPath(path)
    if (this.#own.count >= entriesMax && !this.#own.has(group, path)) throw groupsFull(group, path)
    this.#put(group, path, true)
  }

  /** Takes an actor of this node out of a group; does nothing if it is not in. */
  leave(group: string, path: string): void {
    this.#put(group, path, false)
  }

  /** An actor of this node has ended, or has moved to another node. */
  leaveAll(path: string): void {
    for (const group of this.#own.groupsOf(path)) this.#put(group, path, false)
  }

  /** The groups that an actor of this node is in. */
  groupsOf(path: string): readonly string[] {
    return this.#own.groupsOf(path)
  }

  /** The paths of those that are in a group now, as far as this node knows. */
  members(group: string): readonly string[] {
    return this.#index.members(group)
  }

  groups(): IterableIterator<string> {
    return this.#index.groups()
  }

  /**
   * Hears of each that comes into a group or leaves it, from now on.
   * @returns what ends it
   * @throws {Fault} `groups-full`
   */
  watch(group: string, listener: GroupListener): () => void {
    return this.#index.watch(group, listener)
  }

  /** Another node is a member. */
  addPeer(number: number): void {
    if (number === this.#parts.self || this.#peers.has(number)) return
    this.#peers.set(number, new FarEntries())
    this.#send(number, { type: 'have', version: this.#own.version })
  }

  /** A node is no member any more: what it has said does not count. */
  removePeer(number: number): void {
    const peer = this.#peers.get(number)
    if (peer === undefined) return
    this.#peers.delete(number)
    for (const { group, path } of peer.entries()) this.#index.put(number, { group, path, isIn: false })
  }

  /** A message of another node. Never throws; what is no message, or of no member, is counted and dropped. */
  receive(from: number, bytes: Uint8Array): void {
    const peer = this.#peers.get(from)
    const message = decodeGroupMessage(bytes)
    if (peer === undefined || message === undefined) this.#refused++
    else if (message.type === 'want') this.#send(from, this.#own.news(message))
    else if (message.type === 'have') this.#ask(from, peer.want(message.version))
    else {
      const { changes, want } = peer.learn(message)
      for (const change of changes) this.#index.put(from, change)
      this.#ask(from, want)
    }
  }

  close(): void {
    this.#isClosed = true
    this.#round.cancel()
  }

  #put(group: string, path: string, isIn: boolean): void {
    if (!this.#own.put(group, path, isIn)) return
    this.#index.put(this.#parts.self, { group, path, isIn })
    if (this.#isTelling) return
    this.#isTelling = true
    this.#parts.clock.soon(() => this.#tell())
  }

  /** Tells all others what is new; who misses it asks later. */
  #tell(): void {
    this.#isTelling = false
    while (this.#told < this.#own.version && !this.#isClosed) {
      const news = this.#own.news({ from: this.#told, since: this.#told, isReset: false })
      const bytes = encodeGroupMessage(news)
      for (const peer of this.#peers.keys()) this.#parts.send(peer, bytes.slice())
      this.#told = news.to
    }
  }

  #nextRound(): Alarm {
    const { clock, random } = this.#parts
    // A little before or after, so that the nodes do not all speak at once.
    return clock.alarm(clock.now() + gossipMs * (0.75 + random.next() / 2), () => {
      const peers = [...this.#peers.keys()]
      for (let count = Math.min(gossipPeers, peers.length); count > 0; count--) {
        const [peer] = peers.splice(random.integer(peers.length), 1)
        if (peer !== undefined) this.#send(peer, { type: 'have', version: this.#own.version })
      }
      this.#round = this.#nextRound()
    })
  }

  #ask(to: number, want: GroupMessage | undefined): void {
    if (want !== undefined) this.#send(to, want)
  }

  #send(to: number, message: GroupMessage): void {
    if (!this.#isClosed) this.#parts.send(to, encodeGroupMessage(message))
  }
}

function groupsFull(group: string, path: string): Fault {
  return new Fault(
    'groups-full',
    `Cannot put "${path}" into the group "${group}": this node has ${entriesMax} of ${entriesMax} entries`,
    { hint: 'Let one actor stand for many, or find entities by their keys instead of by groups.' },
  )
}
