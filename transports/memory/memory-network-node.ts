// A memory network's node: the transport of one node in it.
import { Fault } from '../../runtime/fault.ts'
import { invariant } from '../../runtime/invariant.ts'
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { Clock } from '../../runtime/clock.ts'
import type {
  DialTarget,
  PeerId,
  PeerStream,
  Purpose,
  Transport,
  TransportListener,
} from '../../runtime/transport.ts'
import type { MemoryStreamPair, MemoryStreamParts } from './memory-stream.ts'
import type { PipeShape } from './memory-stream-pipe.ts'

/** What a node needs of its network. */
export interface MemoryWays {
  /** What a dial waits for an answer where nobody answers. */
  readonly dialMs: number
  at(address: string): MemoryNode | undefined
  /** Whether a dial is refused at once, or never answered. */
  way(from: PeerId, to: PeerId): 'free' | 'drop' | 'reset'
  shapeOf(one: PeerId, other: PeerId): PipeShape
  streams(peer: PeerId): readonly MemoryStreamPair[]
  open(parts: Pick<MemoryStreamParts, 'purpose' | 'way' | 'ends'>): MemoryStreamPair
}

export interface MemoryNodeOptions {
  /** Of the node's own; default the network's. */
  readonly clock?: Clock
  /** Default `memory/PEER`. One that ends in `/p2p-circuit` is reached through a relay. */
  readonly addresses?: readonly string[]
  /** Whether a peer is spoken to; both sides are asked. Default all. */
  admits?(peer: PeerId): boolean
}

/** What became of one address. */
type Found = PeerStream | 'unreachable' | 'closed' | 'refused'

export class MemoryNode implements Transport {
  readonly peer: PeerId
  readonly clock: Clock
  readonly #ways: MemoryWays
  readonly #options: MemoryNodeOptions
  #addresses: readonly string[]
  #listener: TransportListener | undefined = undefined
  #isOver = false

  constructor(ways: MemoryWays, peer: PeerId, options: MemoryNodeOptions & { readonly clock: Clock }) {
    this.#ways = ways
    this.#options = options
    this.peer = peer
    this.clock = options.clock
    this.#addresses = options.addresses ?? [`memory/${peer}`]
  }

  get addresses(): readonly string[] {
    return this.#addresses
  }

  get isListening(): boolean {
    return this.#listener !== undefined && !this.#isOver
  }

  async listen(listener: TransportListener): Promise<void> {
    invariant(this.#listener === undefined, 'A transport was given a second listener')
    this.#listener = listener
    await Promise.resolve()
  }

  async dial(target: DialTarget, purpose: Purpose, signal: CancelSignal): Promise<PeerStream> {
    let refused = false
    let closed = 0
    for (const address of target.addresses) {
      if (this.#isOver || signal.aborted) break
      const found = await this.#reach(address, target.peer, purpose, signal)
      if (found === 'refused') refused = true
      else if (found === 'closed') closed++
      else if (found !== 'unreachable') return found
    }
    throw refused
      ? refusedFault(target)
      : unreachableFault(target, closed > 0 && closed === target.addresses.length)
  }

  async close(): Promise<void> {
    this.#isOver = true
    for (const pair of this.#ways.streams(this.peer)) {
      for (const end of pair.ends)
        if (end.self === this.peer) end.abort(new Error('the transport was closed'))
    }
    await Promise.resolve()
  }

  /** Moves the node: it is reached there from now on. */
  readdress(addresses: readonly string[]): void {
    this.#addresses = addresses
    this.clock.later(() => {
      if (!this.#isOver) this.#listener?.readdressed()
    })
  }

  admits(peer: PeerId): boolean {
    return this.#options.admits?.(peer) ?? true
  }

  accept(stream: PeerStream): void {
    this.clock.later(() => {
      if (this.isListening) this.#listener?.opened(stream)
      else stream.abort(new Error('nobody listens any more'))
    })
  }

  /** The node is dead, and hears nothing more. */
  fallSilent(): void {
    this.#isOver = true
  }

  /** One address: a round trip to whoever is there, or the time of a dial where nobody answers. */
  async #reach(
    address: string,
    peer: PeerId | undefined,
    purpose: Purpose,
    signal: CancelSignal,
  ): Promise<Found> {
    const other = this.#ways.at(address)
    const way = other === undefined ? 'reset' : this.#ways.way(this.peer, other.peer)
    const latencyMs = other === undefined ? 0 : (this.#ways.shapeOf(this.peer, other.peer).latencyMs ?? 0)
    const isSilent = way === 'drop'
    await this.#pass(isSilent ? this.#ways.dialMs : latencyMs * 2, signal)
    if (signal.aborted || this.#isOver) return 'unreachable'
    // Nobody listens there: the system of that machine says so at once.
    if (other === undefined || (!other.isListening && !isSilent)) return 'closed'
    if (isSilent || this.#ways.way(this.peer, other.peer) !== 'free') return 'unreachable'
    if (peer !== undefined && other.peer !== peer) return 'refused'
    if (!other.admits(this.peer) || !this.admits(other.peer)) return 'refused'
    const here = { peer: this.peer, clock: this.clock, address: this.addresses[0] ?? '' }
    const there = { peer: other.peer, clock: other.clock, address }
    const way2 = address.endsWith('/p2p-circuit') ? 'relayed' : 'direct'
    const pair = this.#ways.open({ purpose, way: way2, ends: [here, there] })
    other.accept(pair.acceptor)
    return pair.dialler
  }

  async #pass(ms: number, signal: CancelSignal): Promise<void> {
    const { clock } = this
    await new Promise<void>((resolve) => {
      if (ms === 0) return clock.later(resolve)
      const alarm = clock.alarm(clock.now() + ms, end)
      function end(): void {
        alarm.cancel()
        signal.removeEventListener('abort', end)
        resolve()
      }
      signal.addEventListener('abort', end, { once: true })
    })
  }
}

function nameOf({ peer, addresses }: DialTarget): string {
  return `${peer ?? 'whoever answers'} at ${addresses.length === 0 ? 'no address' : addresses.join(', ')}`
}

function unreachableFault(target: DialTarget, isRefused: boolean): Fault {
  return new Fault('peer-unreachable', `Cannot dial ${nameOf(target)}: nobody answered`, {
    hint: 'Look whether the node runs and the way to it is open.',
    details: { peer: target.peer, addresses: target.addresses, isRefused },
  })
}

function refusedFault(target: DialTarget): Fault {
  return new Fault(
    'peer-refused',
    `Cannot dial ${nameOf(target)}: one side does not accept who the other is`,
    {
      hint: 'Look whether both nodes belong to the same cluster and neither was revoked.',
      details: { peer: target.peer, addresses: target.addresses },
    },
  )
}
