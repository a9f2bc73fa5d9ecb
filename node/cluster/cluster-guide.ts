// A cluster's guide: says where in the cluster a path leads, from this node's copy of what was agreed, and asks for more where that is silent.
import { shardOf } from '../../actors/cluster/placement/shard-of.ts'
import { threadEpochs } from '../threads/beyond.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Home } from '../../transports/link/record.ts'
import type { Beyond } from '../threads/beyond.ts'
import type { HomeEntry } from '../threads/homes.ts'
import type { SpawnOrder } from '../threads/spawn-order.ts'

/** Questions that wait until somebody has a root that nobody has now; more are answered with nobody. */
export const homelessQuestionsMax = 10_000

export interface GuideParts {
  facts(): ClusterFacts
  /** This node's number. */
  member(): number
  /** Whether the path is one of an entity of this program. */
  isEntity(path: string): boolean
  /** Calls once everything that was decided before the call is known here, or cannot be found out. */
  catchUp(run: () => void): void
  /** Starts a root that this node has to take over, if it does not run yet; calls once it runs or has failed. */
  takeOver(top: string, run: () => void): void
  claim(order: Omit<SpawnOrder, 'epoch'>): Promise<number>
  release(top: string, epoch: number): void
  /** Whether this node ends: what has lived here is somebody else's soon. */
  isLeaving(): boolean
  /** Tells another node that an actor in it is to hear of an end. */
  tellEnd(node: number, input: { readonly watcher: string; readonly path: string; readonly exit: Exit }): void
}

/** `here`: this node has it. `nobody`: a name that nobody has now, though somebody will. */
type Found = Home | 'here' | 'nobody' | undefined

export class ClusterGuide implements Beyond {
  readonly #parts: GuideParts
  /** Shards of this node whose entities may still be awake elsewhere, where nobody could be told to let them go. */
  readonly #heldShards = new Set<number>()
  /** What waits for somebody to have a name, or a shard. */
  #homeless: (() => void)[] = []

  constructor(parts: GuideParts) {
    this.#parts = parts
  }

  resolve(path: string, answer: (home: Home | undefined) => void): void {
    const found = this.#look(path)
    if (found === undefined) this.#parts.catchUp(() => this.#answer(path, this.#look(path), answer))
    else this.#answer(path, found, answer)
  }

  keeps(path: string): boolean {
    const { facts, member, isEntity } = this.#parts
    if (!isEntity(path) || facts().under(path) !== undefined) return true
    const shard = facts().shards()[shardOf(path)]
    return shard === undefined || (shard.owner === member() && shard.from === 0 && !this.#isHeld(path))
  }

  epochOf(path: string): number {
    return (this.#parts.facts().shards()[shardOf(path)]?.epoch ?? 0) * threadEpochs
  }

  claim(order: Omit<SpawnOrder, 'epoch'>): Promise<number> {
    return this.#parts.claim(order)
  }

  released({ top, epoch }: HomeEntry): void {
    const home = this.#parts.facts().home(top)
    const isOurs = home?.member === this.#parts.member() && home.epoch === Math.floor(epoch / threadEpochs)
    if (isOurs) this.#parts.release(top, home.epoch)
  }

  outlives(path: string): boolean {
    const home = this.#parts.facts().under(path)
    return home?.top === path && home.onLoss !== 'stop'
  }

  tellEnd(watcher: string, path: string, exit: Exit): boolean {
    const found = this.#look(watcher)
    if (typeof found !== 'object') return false
    this.#parts.tellEnd(found.thread, { watcher, path, exit })
    return true
  }

  /** Nobody of a shard is woken here until `release`. */
  hold(shard: number): void {
    this.#heldShards.add(shard)
  }

  release(): void {
    this.#heldShards.clear()
    this.changed()
  }

  #isHeld(path: string): boolean {
    return this.#heldShards.size > 0 && this.#heldShards.has(shardOf(path))
  }

  /** Somebody has a name or a shard that nobody had: questions about it are asked again. */
  changed(): void {
    const waiting = this.#homeless
    this.#homeless = []
    for (const run of waiting) run()
  }

  #answer(path: string, found: Found, answer: (home: Home | undefined) => void): void {
    if (found === 'nobody' && this.#homeless.length < homelessQuestionsMax)
      this.#homeless.push(() => this.resolve(path, answer))
    else if (found === 'here') this.#answerHere(path, answer)
    else answer(typeof found === 'object' ? found : undefined)
  }

  #answerHere(path: string, answer: (home: Home | undefined) => void): void {
    const home = this.#parts.facts().under(path)
    if (home === undefined || home.isSettled) answer(undefined)
    else this.#parts.takeOver(home.top, () => answer(undefined))
  }

  #look(path: string): Found {
    const { facts, member } = this.#parts
    // Whoever is no member reaches nobody, and may not know who is where.
    if (member() === 0) return 'nobody'
    const home = facts().under(path)
    if (home !== undefined) return this.#at(home.top, home.member, home.epoch)
    const birth = this.#birthplace(path)
    if (birth !== undefined) return birth
    if (!this.#parts.isEntity(path)) return undefined
    const shard = facts().shards()[shardOf(path)]
    if (shard === undefined) return undefined
    // Until the one before has let it go nobody is woken, there neither. Who is awake there still is found before it comes to this.
    if (shard.from !== 0 && (shard.owner === member() || shard.from === member())) return 'nobody'
    if (shard.owner === member() && this.#isHeld(path)) return 'nobody'
    return this.#at(path, shard.from === 0 ? shard.owner : shard.from, shard.epoch)
  }

  /** A root without a name has that of the node in its path in which it was born: `amsterdam/counter$7`. */
  #birthplace(path: string): Found {
    const [node = '', name] = path.split('/', 2)
    if (name?.includes('$') !== true) return undefined
    const born = this.#parts.facts().memberByName(node)
    return born === undefined ? undefined : this.#at(`${node}/${name}`, born.number, 0)
  }

  #at(top: string, owner: number, epoch: number): Found {
    if (owner === 0) return 'nobody'
    if (owner === this.#parts.member()) return this.#parts.isLeaving() ? 'nobody' : 'here'
    return { top, thread: -owner, epoch: epoch * threadEpochs }
  }
}
