// A pipe: bytes to another process and back, over a TLS socket of Node.js or over a stream of our libp2p transport.
import { connect, createServer } from 'node:tls'
import { once } from 'node:events'
import { contextsOf, credentialsOf } from './identity.ts'
import { openLibp2pTransport } from '../../../transports/libp2p/libp2p-transport.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { SystemRandom } from '../../../node/system-random.ts'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { Identity } from './identity.ts'
import type { Libp2pTransport } from '../../../transports/libp2p/libp2p-transport.ts'
import type { PeerStream } from '../../../runtime/transport.ts'

export type BarePeer = 'limit' | 'tls'

/** What is written is not changed afterwards. */
export interface Pipe {
  write(bytes: Uint8Array): void
  listen(hear: (bytes: Uint8Array) => void): void
}

/** Somebody who can be called. */
export interface Door {
  readonly address: string
}

/** Opens a door; whoever calls is handed to `take`. */
export async function openDoor(
  peer: BarePeer,
  identity: Identity,
  take: (pipe: Pipe) => void,
): Promise<Door> {
  if (peer === 'limit') {
    const transport = await openTransport(identity, ['/ip4/127.0.0.1/tcp/0'])
    await transport.listen({ opened: (stream) => take(pipeOver(stream)), readdressed: () => undefined })
    return { address: transport.addresses[0] ?? '' }
  }
  const server = createServer({ ...contextsOf(identity).server({ takesJoiners: false }), noDelay: true })
  server.on('secureConnection', (socket) => take(pipeOf(socket)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on a port has an address of that shape.
  return { address: String((server.address() as AddressInfo).port) }
}

export async function call(peer: BarePeer, identity: Identity, address: string): Promise<Pipe> {
  if (peer === 'tls') return pipeOf(await callTls(identity, address))
  const transport = await openTransport(identity, [])
  return pipeOver(await transport.dial({ addresses: [address] }, 'main', new AbortController().signal))
}

/** Resolves when the other side has proven who it is, as far as OpenSSL sees to that. */
export async function callTls(identity: Identity, address: string): Promise<TLSSocket> {
  const socket = connect({ port: Number(address), host: '127.0.0.1', ...contextsOf(identity).client() })
  socket.setNoDelay(true)
  await once(socket, 'secureConnect')
  return socket
}

export function openTransport(identity: Identity, listen: readonly string[]): Promise<Libp2pTransport> {
  const [clock, random] = [new SystemClock(), new SystemRandom()]
  return openLibp2pTransport({ credentials: credentialsOf(identity), clock, random, listen })
}

function pipeOver(stream: PeerStream): Pipe {
  return {
    write: (bytes) => stream.write(bytes),
    listen: (data) =>
      stream.listen({
        data,
        drained: () => undefined,
        closed: () => undefined,
      }),
  }
}

function pipeOf(socket: TLSSocket): Pipe {
  return {
    write: (bytes) => void socket.write(bytes),
    listen: (data) => void socket.on('data', data),
  }
}
