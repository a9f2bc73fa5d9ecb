// The libp2p transport: streams between nodes over js-libp2p, authenticated and encrypted by certificates of the cluster alone.
import { invariant } from '../../runtime/invariant.ts'
import { within } from './cancellation.ts'
import { carrierOf } from './carrier.ts'
import { claim } from './components.ts'
import { askBack, backMsMax, ConnectBack, connectBackProtocol, questionsMax } from './connect-back.ts'
import { dialFailed } from './dial-failure.ts'
import { Foyer } from './foyer.ts'
import { MuxedStream } from './muxed-stream.ts'
import { Neighbours } from './neighbours.ts'
import {
  addressesMax,
  announceAddress,
  dialAddress,
  isDirect,
  isRelayed,
  listenAddress,
  relayAddress,
  unusable,
  withPeer,
} from './node-address.ts'
import { Refusals } from './refusals.ts'
import { RelaySeats } from './relay-seats.ts'
import { relayBytesPerSecondDefault } from './relay-quota.ts'
import { SecureContexts } from './secure-contexts.ts'
import { addressMsMax, connectionsMax, dialMsMax, makeStack } from './stack.ts'
import { Tenures } from './tenures.ts'
import { thrownError } from './thrown-error.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Random } from '../../runtime/random.ts'
import type {
  DialTarget,
  PeerId,
  PeerStream,
  Purpose,
  Transport,
  TransportListener,
} from '../../runtime/transport.ts'
import type { CredentialSource } from './credentials.ts'
import type { FailedTry } from './dial-failure.ts'
import type { NeighbourListener } from './neighbour-listener.ts'
import type { Refusal, RefusalReason } from './refusals.ts'
import type { Stack } from './stack.ts'

/** Streams of one purpose over one connection. */
export const purposeStreamsMax: number = 1
/** Dials under way. */
export const dialsUnderWayMax: number = 1_024
/** Relays that a node may name. */
export const relaysMax: number = 8

export interface Libp2pTransportOptions {
  /** Without them there is no transport: nothing here speaks without a certificate. */
  readonly credentials: CredentialSource
  readonly clock: Clock
  readonly random: Random
  /** Where to listen, as `/ip4/0.0.0.0/tcp/4001`; port 0 takes any. Default nowhere: such a node dials only, or is reached through a relay. */
  readonly listen?: readonly string[] | undefined
  /** Where others reach this node, if it is not where it listens. */
  readonly announce?: readonly string[] | undefined
  /** Relays through which it is to be reached, with their peer ids; two of them are used at a time. */
  readonly relays?: readonly string[] | undefined
  /** Whether it relays for others. Default false. */
  readonly isRelay?: boolean | undefined
  /** Default 67,108,864 for each peer. */
  readonly relayBytesPerSecond?: number | undefined
  /** Whether nodes without a certificate are received, as `foyer` streams of peer `''`. Default false. */
  readonly takesGuests?: boolean | undefined
  /** Hears of nodes on the same network; left out, none are looked for. */
  readonly found?: NeighbourListener | undefined
  readonly refused?: ((refusal: Refusal) => void) | undefined
  /** Hears of credentials that cannot be used; those before stay in use. */
  readonly untrusted?: ((error: Error) => void) | undefined
}

/** A transport with what only this one can do. */
export interface Libp2pTransport extends Transport {
  /** How often something was turned away, by reason. */
  readonly refusals: ReadonlyMap<RefusalReason, number>
  /**
   * Over a relayed stream asks the other side to dial this node directly, for the same purpose. If it does, that stream is `opened` here and
   * there, and true is given; the relayed one stays until somebody closes it.
   */
  connectBack(stream: PeerStream, signal: CancelSignal): Promise<boolean>
  /** When the certificate ends that the other side of a stream has shown, in milliseconds since 1970; the stream ends then at the latest. */
  certificateEndsMs(stream: PeerStream): number | undefined
  /** Cuts all connections with a node, a place at it as a relay too: it was removed, or does not answer. It may be dialled again, and dial. */
  drop(peer: PeerId, why: Error): void
}

/** Opens the transport. It dials at once, and accepts streams once it is told to listen. @throws {Fault} `address-unusable` */
export async function openLibp2pTransport(options: Libp2pTransportOptions): Promise<Libp2pTransport> {
  const plan = readAddresses(options)
  const refusals = new Refusals(options.refused)
  const { clock, credentials } = options
  const contexts = new SecureContexts({
    source: credentials,
    clock,
    refused: (error) => options.untrusted?.(error),
  })
  const foyer = options.takesGuests === true ? new Foyer(clock, refusals) : undefined
  const stack = await makeStack({
    identityKey: credentials.identityKey,
    announce: plan.announce.map(String),
    contexts,
    clock,
    refusals,
    tenures: new Tenures(contexts, clock, refusals),
    foyer,
    relayBytesPerSecond:
      options.isRelay === true ? (options.relayBytesPerSecond ?? relayBytesPerSecondDefault) : undefined,
  })
  await stack.node.start()
  const transport = new NodeTransport({ options, plan, refusals, contexts, foyer, stack })
  foyer?.listen((stream) => transport.open(stream))
  return transport
}

interface AddressPlan {
  readonly listen: readonly Multiaddr[]
  readonly announce: readonly Multiaddr[]
  readonly relays: readonly Multiaddr[]
}

interface Parts {
  readonly options: Libp2pTransportOptions
  readonly plan: AddressPlan
  readonly refusals: Refusals
  readonly contexts: SecureContexts
  readonly foyer: Foyer | undefined
  readonly stack: Stack
}

const protocols: Readonly<Record<Purpose, string>> = {
  main: '/troupe/main/1',
  bulk: '/troupe/bulk/1',
  foyer: '/troupe/foyer/1',
}

class NodeTransport implements Libp2pTransport {
  readonly peer: PeerId
  readonly #parts: Parts
  readonly #connections = new WeakMap<PeerStream, Connection>()
  readonly #streams = new Set<PeerStream>()
  readonly #leaving = new Map<PeerStream, () => void>()
  readonly #seats: RelaySeats
  readonly #neighbours: Neighbours | undefined
  #listener: TransportListener | undefined
  #dialCount = 0
  #isClosed = false

  constructor(parts: Parts) {
    const { stack, plan, options, contexts } = parts
    this.#parts = parts
    this.peer = stack.node.peerId.toString()
    this.#seats = new RelaySeats({
      circuits: stack.circuits,
      upgrader: stack.components.upgrader,
      relays: plan.relays,
      self: this.peer,
      clock: options.clock,
      random: options.random,
      changed: () => this.#listener?.readdressed(),
    })
    const { found } = options
    this.#neighbours =
      found === undefined ? undefined : new Neighbours(stack.components, contexts.cluster, found)
  }

  get addresses(): readonly string[] {
    const { plan } = this.#parts
    const direct = plan.announce.length > 0 ? plan.announce : this.#ownAddresses()
    return [...direct.map((address) => withPeer(address, this.peer)), ...this.#seats.addresses].map(String)
  }

  get refusals(): ReadonlyMap<RefusalReason, number> {
    return this.#parts.refusals.counts
  }

  async listen(listener: TransportListener): Promise<void> {
    invariant(this.#listener === undefined, 'A transport was told to listen twice')
    this.#listener = listener
    const { stack, plan, options } = this.#parts
    await this.#answer()
    for (const address of plan.listen) await this.#listenAt(address)
    // libp2p tells nobody of an address on a public network until somebody has dialled it; a relay tells its own to those it holds a place for.
    for (const address of options.isRelay === true ? this.#ownAddresses() : []) {
      stack.components.addressManager.confirmObservedAddr(address, { type: 'transport' })
    }
    await this.#seats.start()
    await this.#neighbours?.start()
  }

  async dial(target: DialTarget, purpose: Purpose, signal: CancelSignal): Promise<PeerStream> {
    const who = target.peer ?? 'a node'
    if (this.#dialCount >= dialsUnderWayMax) {
      throw dialFailed(`dial ${who}`, [
        { address: 'here', error: new Error(`${dialsUnderWayMax} dials are under way`) },
      ])
    }
    this.#dialCount++
    try {
      return await this.#dialEach(target, purpose, signal)
    } finally {
      this.#dialCount--
    }
  }

  async connectBack(stream: PeerStream, signal: CancelSignal): Promise<boolean> {
    const connection = this.#connections.get(stream)
    const addresses = this.addresses.filter((address) => !address.includes('/p2p-circuit'))
    if (connection === undefined || addresses.length === 0) return false
    const { clock } = this.#parts.options
    try {
      return await within({ clock, limitMs: backMsMax, outer: signal }, async (limit) => {
        const asked = await connection.newStream(connectBackProtocol, {
          signal: limit,
          runOnLimitedConnection: true,
        })
        return await askBack(asked, { purpose: stream.purpose, addresses }, limit)
      })
    } catch {
      return false
    }
  }

  certificateEndsMs(stream: PeerStream): number | undefined {
    const connection = this.#connections.get(stream)
    return connection === undefined ? undefined : carrierOf(connection).proven.endsMs
  }

  drop(peer: PeerId, why: Error): void {
    for (const connection of this.#parts.stack.node.getConnections()) {
      if (connection.remotePeer.toString() === peer) connection.abort(why)
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    const { foyer, contexts, stack } = this.#parts
    this.#seats.close()
    foyer?.close()
    await this.#neighbours?.stop()
    const ended = [...this.#streams].map(
      async (stream) => await new Promise<void>((resolve) => this.#leave(stream, resolve)),
    )
    await Promise.all(ended)
    await stack.node.stop()
    contexts.close()
  }

  /** Hands a stream to whoever listens. */
  open(stream: PeerStream): void {
    if (this.#listener === undefined || this.#isClosed) stream.abort(new Error('the node does not listen'))
    else this.#listener.opened(stream)
  }

  #leave(stream: PeerStream, done: () => void): void {
    this.#leaving.set(stream, done)
    stream.close()
  }

  #ownAddresses(): Multiaddr[] {
    return this.#parts.stack.components.transportManager.getAddrs().filter((address) => isDirect(address))
  }

  async #listenAt(address: Multiaddr): Promise<void> {
    try {
      await this.#parts.stack.components.transportManager.listen([address])
    } catch (error) {
      throw unusable('listen at', address.toString(), 'this machine does not have it, or it is taken', error)
    }
  }

  /** Takes the streams that others open. */
  async #answer(): Promise<void> {
    const { stack, options } = this.#parts
    const limits = {
      maxInboundStreams: purposeStreamsMax,
      maxOutboundStreams: purposeStreamsMax,
      runOnLimitedConnection: true,
    }
    for (const purpose of ['main', 'bulk', 'foyer'] as const) {
      await stack.node.handle(
        protocols[purpose],
        (stream, connection) => this.open(this.#adopt(stream, connection, purpose)),
        limits,
      )
    }
    const back = new ConnectBack({
      clock: options.clock,
      dial: async (target, purpose, signal) => this.open(await this.dial(target, purpose, signal)),
    })
    await stack.node.handle(
      connectBackProtocol,
      (stream, connection) => {
        void back.answer(stream, connection)
      },
      { maxInboundStreams: questionsMax, maxOutboundStreams: questionsMax, runOnLimitedConnection: true },
    )
  }

  async #dialEach(
    { peer, addresses }: DialTarget,
    purpose: Purpose,
    outer: CancelSignal,
  ): Promise<PeerStream> {
    const tries: FailedTry[] = []
    for (const text of addresses.slice(0, addressesMax)) {
      const address = dialAddress(text, peer)
      try {
        const { clock } = this.#parts.options
        return await within(
          // One that swallows all must not take the time of those after it.
          { clock, limitMs: addresses.length > 1 ? addressMsMax : dialMsMax, outer },
          async (signal) => await this.#dialAt(address, purpose, signal),
        )
      } catch (error) {
        tries.push({ address: text, error })
        if (outer.aborted) break
      }
    }
    throw dialFailed(`dial ${peer ?? 'a node'}`, tries)
  }

  async #dialAt(address: Multiaddr, purpose: Purpose, signal: AbortSignal): Promise<PeerStream> {
    const { components, node } = this.#parts.stack
    if (node.getConnections().length >= connectionsMax) throw new Error(`${connectionsMax} connections stand`)
    // Each stream has a connection of its own, and takes it along when it ends. libp2p's own queue would share a dial between two callers.
    const connection = await components.transportManager.dial(address, { signal })
    claim(connection)
    try {
      const stream = await connection.newStream(protocols[purpose], {
        signal,
        maxOutboundStreams: purposeStreamsMax,
        runOnLimitedConnection: true,
      })
      return this.#adopt(stream, connection, purpose)
    } catch (error) {
      connection.abort(thrownError(error))
      throw error
    }
  }

  #adopt(stream: Stream, connection: Connection, purpose: Purpose): PeerStream {
    const adopted: PeerStream = new MuxedStream({
      stream,
      carrier: carrierOf(connection),
      clock: this.#parts.options.clock,
      peer: connection.remotePeer.toString(),
      purpose,
      isDialled: stream.direction === 'outbound',
      way: isRelayed(connection.remoteAddr) ? 'relayed' : 'direct',
      address: connection.remoteAddr.toString(),
      ended: () => this.#ended(adopted, connection),
    })
    this.#streams.add(adopted)
    this.#connections.set(adopted, connection)
    return adopted
  }

  /** A connection that carries nothing any more is closed; the other side does the same. */
  #ended(stream: PeerStream, connection: Connection): void {
    this.#streams.delete(stream)
    this.#leaving.get(stream)?.()
    this.#leaving.delete(stream)
    if (connection.streams.some(({ status }) => status === 'open')) return
    void connection.close().catch((error: unknown) => {
      connection.abort(thrownError(error))
    })
  }
}

function readAddresses({ listen = [], announce = [], relays = [] }: Libp2pTransportOptions): AddressPlan {
  if (relays.length > relaysMax)
    throw unusable('use the relays', relays.join(' '), `there are ${relays.length} of ${relaysMax}`)
  return {
    listen: listen.map(listenAddress),
    announce: announce.map(announceAddress),
    relays: relays.map(relayAddress),
  }
}
