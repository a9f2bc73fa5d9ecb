// A circuit transport: libp2p's way through relays, without its search for relays that nobody has named.
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { serviceCapabilities, start, stop, transportSymbol } from '@libp2p/interface'
import { isRelayed } from './node-address.ts'
import { withParts } from './components.ts'
import { relayConnections } from './relay-connections.ts'
import type {
  Connection,
  CreateListenerOptions,
  DialTransportOptions,
  Listener,
  Transport,
} from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Components } from './components.ts'

/** Circuits that end here, and that begin here, over one connection to a relay. */
export const circuitsMax: number = 1_024
/** How long a relay may take to answer. */
export const reservationMsMax: number = 5_000
/** Relays that are asked at once, and that wait to be asked. */
export const reservationsAtOnceMax: number = 4
export const reservationsWaitingMax: number = 64

/** Around the one of libp2p, so that it asks for no service that finds relays, and takes no place at one by itself. */
export function circuitTransport(components: Components): Transport {
  return new CircuitTransport(components)
}

class CircuitTransport implements Transport {
  readonly [transportSymbol] = true
  readonly [serviceCapabilities]: string[] = ['@libp2p/transport']
  readonly #inner: Transport

  constructor(components: Components) {
    const make = circuitRelayTransport({
      maxInboundStopStreams: circuitsMax,
      maxOutboundStopStreams: circuitsMax,
      reservationConcurrency: reservationsAtOnceMax,
      maxReservationQueueLength: reservationsWaitingMax,
      reservationCompletionTimeout: reservationMsMax,
    })
    this.#inner = make(withParts(components, { connectionManager: relayConnections(components) }))
  }

  get [Symbol.toStringTag](): string {
    return 'troupe-circuit'
  }

  async start(): Promise<void> {
    await start(this.#inner)
  }

  async stop(): Promise<void> {
    await stop(this.#inner)
  }

  async dial(address: Multiaddr, options: DialTransportOptions): Promise<Connection> {
    return await this.#inner.dial(address, options)
  }

  createListener(options: CreateListenerOptions): Listener {
    return this.#inner.createListener(options)
  }

  /** Only `RelaySeats` listens through a relay. */
  listenFilter(): Multiaddr[] {
    return []
  }

  dialFilter(addresses: Multiaddr[]): Multiaddr[] {
    return addresses.filter((address) => isRelayed(address))
  }
}
