// A TLS transport: libp2p's Transport for TCP, with mutual TLS straight on the socket; encryption stays in native code, and nothing is negotiated.
import { networkInterfaces } from 'node:os'
import { serviceCapabilities, transportSymbol, TypedEventEmitter } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { ipPortToMultiaddr } from '@libp2p/utils'
import { multiaddr } from '@multiformats/multiaddr'
import { hostPort, isDirect, peerOf } from './node-address.ts'
import { TlsCarrier } from './tls-carrier.ts'
import { TlsDoor } from './tls-door.ts'
import { dialTls } from './tls-handshake.ts'
import { thrownError } from './thrown-error.ts'
import type { TLSSocket } from 'node:tls'
import type {
  Connection,
  CreateListenerOptions,
  DialTransportOptions,
  Listener,
  ListenerEvents,
  Logger,
  MultiaddrConnection,
  StreamMuxerFactory,
  Transport,
  Upgrader,
  UpgraderWithoutEncryptionOptions,
} from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../../runtime/clock.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { ProvenPeer } from './identity/verify-peer.ts'
import type { Foyer } from './foyer.ts'
import type { Refusals } from './refusals.ts'
import type { SecureContexts } from './secure-contexts.ts'
import type { Tenures } from './tenures.ts'

/** Connections that one peer may have opened to this node. `main`, `bulk`, one for relaying, one for each of them while it is replaced. */
export const peerConnectionsMax: number = 16

export interface TlsTransportInit {
  readonly contexts: SecureContexts
  readonly clock: Clock
  readonly muxer: StreamMuxerFactory
  readonly refusals: Refusals
  readonly tenures: Tenures
  /** Left out where nobody joins. */
  readonly foyer: Foyer | undefined
  readonly log: Logger
}

/** All direct connections, whoever has opened them. */
export function tlsTransport(init: TlsTransportInit): Transport {
  return new TlsTransport(init)
}

class TlsTransport implements Transport {
  readonly [transportSymbol] = true
  readonly [serviceCapabilities]: string[] = ['@libp2p/transport']
  readonly init: TlsTransportInit
  readonly #inbound = new Map<PeerId, number>()

  constructor(init: TlsTransportInit) {
    this.init = init
  }

  get [Symbol.toStringTag](): string {
    return 'troupe-tls'
  }

  listenFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => isDirect(address))
  }

  dialFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => isDirect(address))
  }

  async dial(address: Multiaddr, { signal, upgrader }: DialTransportOptions): Promise<Connection> {
    const { contexts } = this.init
    const { socket, proven } = await dialTls(hostPort(address), {
      contexts,
      expected: peerOf(address),
      signal,
    })
    const carrier = this.#carrier({ socket, proven, address, direction: 'outbound' })
    try {
      return await upgrader.upgradeOutbound(carrier, { ...this.#upgrade(proven), signal })
    } catch (error) {
      carrier.abort(thrownError(error))
      throw error
    }
  }

  createListener({ upgrader }: CreateListenerOptions): Listener {
    return new TlsListener(this.init, (guest) => this.#admit(guest, upgrader))
  }

  #admit({ socket, proven, welcome, signal }: Admission, upgrader: Upgrader): boolean {
    const { peer } = proven
    const count = this.#inbound.get(peer) ?? 0
    if (count >= peerConnectionsMax) return false
    this.#inbound.set(peer, count + 1)
    socket.once('close', () => {
      const left = (this.#inbound.get(peer) ?? 1) - 1
      if (left === 0) this.#inbound.delete(peer)
      else this.#inbound.set(peer, left)
    })
    welcome()
    const address = ipPortToMultiaddr(socket.remoteAddress ?? '0.0.0.0', socket.remotePort ?? 0)
    const carrier = this.#carrier({ socket, proven, address, direction: 'inbound' })
    void this.#upgradeInbound(carrier, upgrader, signal)
    return true
  }

  async #upgradeInbound(carrier: TlsCarrier, upgrader: Upgrader, signal: AbortSignal): Promise<void> {
    try {
      await upgrader.upgradeInbound(carrier, { ...this.#upgrade(carrier.proven), signal })
    } catch (error) {
      const why = thrownError(error)
      this.init.refusals.add('upgrade-failed', carrier.remoteAddr.toString(), why)
      carrier.abort(why)
    }
  }

  #upgrade({ peer }: ProvenPeer): Omit<UpgraderWithoutEncryptionOptions, 'signal'> {
    return {
      skipEncryption: true,
      skipProtection: true,
      remotePeer: peerIdFromString(peer),
      muxerFactory: this.init.muxer,
    }
  }

  #carrier({ socket, proven, address, direction }: CarrierInit): TlsCarrier {
    const { clock, log, tenures } = this.init
    const carrier = new TlsCarrier({
      socket,
      proven,
      clock,
      remoteAddr: address,
      direction,
      log: log.newScope(direction),
    })
    tenures.begin(carrier)
    return carrier
  }
}

interface Admission {
  readonly socket: TLSSocket
  readonly proven: ProvenPeer
  /** Ends what is being made of it when the port closes. */
  readonly signal: AbortSignal
  welcome(): void
}

interface CarrierInit {
  readonly socket: TLSSocket
  readonly proven: ProvenPeer
  readonly address: Multiaddr
  readonly direction: MultiaddrConnection['direction']
}

/** It inherits because libp2p's listeners are made that way. */
class TlsListener extends TypedEventEmitter<ListenerEvents> implements Listener {
  readonly #door: TlsDoor
  readonly #stop = new AbortController()
  #address: Multiaddr | undefined

  constructor({ contexts, refusals, foyer }: TlsTransportInit, admit: (admission: Admission) => boolean) {
    super()
    const { signal } = this.#stop
    this.#door = new TlsDoor({
      contexts,
      refusals,
      receive: foyer === undefined ? undefined : (socket, from) => foyer.receive(socket, from),
      admit: (socket, proven, welcome) => admit({ socket, proven, welcome, signal }),
    })
  }

  async listen(address: Multiaddr): Promise<void> {
    this.#address = address
    await this.#door.listen(hostPort(address))
    this.safeDispatchEvent('listening')
  }

  getAddrs(): Multiaddr[] {
    return this.#address === undefined || this.#door.port === 0
      ? []
      : ownAddresses(hostPort(this.#address).host, this.#door.port)
  }

  updateAnnounceAddrs(): void {}

  async close(): Promise<void> {
    this.#stop.abort(new Error('the port closes'))
    await this.#door.close()
    this.safeDispatchEvent('close')
  }
}

/** Where a listening host is reached: itself, or every address of this machine; its loopback only if it has no other. */
function ownAddresses(host: string, port: number): Multiaddr[] {
  const family = host.includes(':') ? 'ip6' : 'ip4'
  const isAny = host === '0.0.0.0' || host === '::'
  return (isAny ? machineHosts(family) : [host]).map((own) => multiaddr(`/${family}/${own}/tcp/${port}`))
}

function machineHosts(family: 'ip4' | 'ip6'): string[] {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? [])
  const same = all.filter(
    (one) => one.family === (family === 'ip4' ? 'IPv4' : 'IPv6') && !one.address.startsWith('fe80:'),
  )
  const outside = same.filter(({ internal }) => !internal)
  return (outside.length === 0 ? same : outside).map(({ address }) => address)
}
