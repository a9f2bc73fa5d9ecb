// A memory network: nodes that reach each other in one process, with latency, partitions and breaks, all from a clock and a seed.
import { MemoryNode } from './memory-network-node.ts'
import { MemoryStreamPair } from './memory-stream.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type { MemoryNodeOptions, MemoryWays } from './memory-network-node.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { MemoryStreamParts } from './memory-stream.ts'
import type { PipeShape } from './memory-stream-pipe.ts'

/** What a dial waits for an answer where nobody answers. */
export const dialMsDefault = 5_000

export interface MemoryNetworkOptions {
  readonly clock: Clock
  readonly random: Random
  /** Of all ways; a way of its own has `shapes`. */
  readonly shape?: PipeShape
  /** Of the way between two nodes. */
  shapeOf?(one: PeerId, other: PeerId): PipeShape | undefined
  /** Default `dialMsDefault`. */
  readonly dialMs?: number
  /** Called for each stream before its ends hear of each other. */
  opened?(pair: MemoryStreamPair): void
}

export interface Partition {
  readonly from: readonly PeerId[]
  readonly to: readonly PeerId[]
  /** Only what goes from one to the other is stopped. */
  readonly isOneWay?: boolean
  /** `drop`: what is sent stays on its way until the partition heals · `reset`: streams break and dials fail at once. */
  readonly flavour: 'drop' | 'reset'
}

export class MemoryNetwork implements MemoryWays {
  readonly options: MemoryNetworkOptions
  readonly #nodes = new Map<PeerId, MemoryNode>()
  readonly #pairs = new Set<MemoryStreamPair>()
  readonly #partitions = new Set<Partition>()
  readonly #stopped = new Set<PeerId>()
  #dials = 0

  constructor(options: MemoryNetworkOptions) {
    this.options = options
  }

  get dialMs(): number {
    return this.options.dialMs ?? dialMsDefault
  }

  /** Adds a node; one that crashed is replaced. */
  node(peer: PeerId, options: MemoryNodeOptions = {}): MemoryNode {
    const node = new MemoryNode(this, peer, { ...options, clock: options.clock ?? this.options.clock })
    this.#nodes.set(peer, node)
    return node
  }

  /** Streams that are open between two nodes, or all. */
  streams(one?: PeerId, other?: PeerId): MemoryStreamPair[] {
    const pairs = [...this.#pairs]
    if (one === undefined) return pairs
    return pairs.filter((pair) => (other === undefined ? pair.has(one) : pair.isOf(one, other)))
  }

  /** Breaks the streams between two nodes, or all of one. */
  break(one: PeerId, other?: PeerId): void {
    for (const pair of this.streams(one, other)) pair.break()
  }

  /** @returns what heals it */
  partition(partition: Partition): () => void {
    this.#partitions.add(partition)
    if (partition.flavour === 'reset') {
      for (const pair of this.#pairs) if (this.#isCut(pair, partition)) pair.break()
    }
    return () => {
      this.#partitions.delete(partition)
      this.#go()
    }
  }

  /** The node stands still, as with SIGSTOP: its streams fall silent. */
  stop(peer: PeerId): void {
    this.#stopped.add(peer)
  }

  /** A node that was stopped goes on. */
  resume(peer: PeerId): void {
    this.#stopped.delete(peer)
    this.#go()
  }

  /** The node is dead: it hears nothing more, and the others that its streams broke. */
  crash(peer: PeerId): void {
    this.#nodes.get(peer)?.fallSilent()
    this.#nodes.delete(peer)
    for (const pair of this.streams(peer)) {
      const [dead, other] = pair.dialler.self === peer ? pair.ends : [pair.acceptor, pair.dialler]
      dead.abort(new Error('the node has crashed'))
      dead.fallSilent()
      if (other.isOver) this.#pairs.delete(pair)
    }
  }

  /** The node at an address, if it listens. */
  at(address: string): MemoryNode | undefined {
    return [...this.#nodes.values()].find((node) => node.isListening && node.addresses.includes(address))
  }

  isBlocked(from: PeerId, to: PeerId): boolean {
    if (this.#stopped.has(from) || this.#stopped.has(to)) return true
    return this.#find(from, to) !== undefined
  }

  /** Whether a dial is refused at once, or, with `drop` or a node that stands still, never answered. */
  way(from: PeerId, to: PeerId): 'free' | 'drop' | 'reset' {
    if (this.#stopped.has(from) || this.#stopped.has(to)) return 'drop'
    return (this.#find(from, to) ?? this.#find(to, from))?.flavour ?? 'free'
  }

  shapeOf(one: PeerId, other: PeerId): PipeShape {
    return this.options.shapeOf?.(one, other) ?? this.options.shape ?? {}
  }

  open(parts: Pick<MemoryStreamParts, 'purpose' | 'way' | 'ends'>): MemoryStreamPair {
    const [dials, accepts] = parts.ends
    this.#dials++
    const pair = new MemoryStreamPair({
      ...parts,
      random: this.options.random.fork(`stream ${this.#dials}`),
      shape: this.shapeOf(dials.peer, accepts.peer),
      isBlocked: (from, to) => this.isBlocked(from, to),
      over: (over) => this.#pairs.delete(over),
    })
    this.#pairs.add(pair)
    this.options.opened?.(pair)
    return pair
  }

  #find(from: PeerId, to: PeerId): Partition | undefined {
    for (const partition of this.#partitions) if (stops(partition, from, to)) return partition
    return undefined
  }

  #isCut({ dialler: { self, peer } }: MemoryStreamPair, partition: Partition): boolean {
    return stops(partition, self, peer) || stops(partition, peer, self)
  }

  #go(): void {
    for (const pair of this.#pairs) pair.go()
  }
}

function stops({ from, to, isOneWay = false }: Partition, sender: PeerId, receiver: PeerId): boolean {
  if (from.includes(sender) && to.includes(receiver)) return true
  return !isOneWay && from.includes(receiver) && to.includes(sender)
}
