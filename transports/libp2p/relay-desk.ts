// A relay's desk: libp2p's relay server for the members of the cluster, with limits of ours: bytes a second for each peer, and bytes that wait in a circuit.
import { AsyncLocalStorage } from 'node:async_hooks'
import { circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { carrierOf } from './carrier.ts'
import { withParts } from './components.ts'
import { relayConnections } from './relay-connections.ts'
import { RelayQuota } from './relay-quota.ts'
import type { Connection, Stream } from '@libp2p/interface'
import type { Clock } from '../../runtime/clock.ts'
import type { Components, ConnectionManager } from './components.ts'
import type { Refusals } from './refusals.ts'

/** Nodes that are reached through this relay. */
export const reservationsMax: number = 1_000
/** How long a place holds; the node renews it before. */
export const reservationMsDefault: number = 86_400_000
/** How long a node has to say whom it wants to reach. */
export const hopMsMax: number = 10_000
/** Circuits that come over one connection, and that go out over one. */
export const relayedCircuitsMax: number = 1_024
/** Bytes in a circuit whose receiver does not take them; twice what the credits of a session allow at most. */
export const circuitBytesMax: number = 16_777_216

export interface DeskInit {
  readonly clock: Clock
  readonly refusals: Refusals
  readonly bytesPerSecond: number
}

interface Side {
  readonly stream: Stream
  readonly connection: Connection
}

export function relayDesk(
  components: Components,
  init: DeskInit,
): ReturnType<ReturnType<typeof circuitRelayServer>> {
  const desk = new Desk(init)
  const make = circuitRelayServer({
    hopTimeout: hopMsMax,
    maxInboundHopStreams: relayedCircuitsMax,
    maxOutboundHopStreams: relayedCircuitsMax,
    maxOutboundStopStreams: relayedCircuitsMax,
    reservations: {
      applyDefaultLimit: false,
      maxReservations: reservationsMax,
      reservationTtl: reservationMsDefault,
    },
  })
  return make(
    withParts(components, {
      registrar: desk.registrar(components.registrar),
      connectionManager: desk.connections(relayConnections(components)),
    }),
  )
}

type Registrar = Components['registrar']

/**
 * libp2p joins the two streams of a circuit by a queue without a bound, and has no way to hear of it. So both are caught where they are opened:
 * the first one here, the second one in what is called on its behalf.
 */
class Desk {
  readonly #init: DeskInit
  readonly #quota: RelayQuota
  readonly #first = new AsyncLocalStorage<Side>()

  constructor(init: DeskInit) {
    this.#init = init
    this.#quota = new RelayQuota(init.clock, init.bytesPerSecond)
  }

  registrar(real: Registrar): Registrar {
    const view: Pick<Registrar, 'handle' | 'unhandle'> = {
      handle: async (protocol, handler, options) =>
        await real.handle(
          protocol,
          async (stream, connection) =>
            await this.#first.run({ stream, connection }, async () => await handler(stream, connection)),
          options,
        ),
      unhandle: async (protocol, options) => await real.unhandle(protocol, options),
    }
    return Object.assign(Object.create(real) as Registrar, view)
  }

  connections(real: ConnectionManager): ConnectionManager {
    const getConnections: ConnectionManager['getConnections'] = (peer) =>
      real.getConnections(peer).map((connection) => this.#caught(connection))
    return Object.assign(Object.create(real) as ConnectionManager, { getConnections })
  }

  #caught(connection: Connection): Connection {
    const newStream: Connection['newStream'] = async (protocols, options) => {
      const stream = await connection.newStream(protocols, options)
      const first = this.#first.getStore()
      if (first !== undefined) this.#join(first, { stream, connection })
      return stream
    }
    return Object.assign(Object.create(connection) as Connection, { newStream })
  }

  #join(one: Side, other: Side): void {
    const cut = (error: Error): void => {
      this.#init.refusals.add('relay-overrun', one.connection.remoteAddr.toString(), error)
      one.stream.abort(error)
      other.stream.abort(error)
    }
    this.#watch(one, other.stream, cut)
    this.#watch(other, one.stream, cut)
  }

  #watch({ stream, connection }: Side, to: Stream, cut: (error: Error) => void): void {
    const carrier = carrierOf(connection)
    let waitingBytes = 0
    const send = to.send.bind(to)
    to.send = (data) => {
      waitingBytes -= data.byteLength
      return send(data)
    }
    stream.addEventListener('message', ({ data }) => {
      waitingBytes += data.byteLength
      this.#quota.take(carrier, data.byteLength)
      if (waitingBytes + to.writeBufferLength <= circuitBytesMax) return
      cut(new Error(`more than ${circuitBytesMax} bytes wait in a circuit`))
    })
  }
}
