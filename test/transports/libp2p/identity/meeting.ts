// A meeting: two ends of a real TLS connection on the loopback, and what each of them makes of the other.
import { once } from 'node:events'
import { connect as connectTcp, createServer as createTcpServer } from 'node:net'
import { connect, createServer, createSecureContext } from 'node:tls'
import { handshakeFault } from '../../../../transports/libp2p/identity/handshake-fault.ts'
import { joinServerName } from '../../../../transports/libp2p/identity/tls-options.ts'
import { verifyPeer } from '../../../../transports/libp2p/identity/verify-peer.ts'
import { Fault } from '../../../../runtime/fault.ts'
import { check } from './test-cluster.ts'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { ConnectionOptions, TlsOptions, TLSSocket } from 'node:tls'
import type { PeerCheck } from '../../../../transports/libp2p/identity/verify-peer.ts'

/** The peer id or the code of a fault. */
export type Outcome = string

export interface Meeting {
  readonly client: Outcome
  readonly server: Outcome
  /** Of the client, as it was once the handshake was done. */
  readonly channel:
    | { readonly protocol: string | null; readonly cipher: string; readonly isReused: boolean }
    | undefined
  /** What went over the wire. */
  readonly sent: Buffer
  readonly received: Buffer
  readonly session: Buffer | undefined
}

export interface Sides {
  readonly server: TlsOptions
  readonly client: ConnectionOptions
  readonly serverCheck?: PeerCheck
  readonly clientCheck?: PeerCheck
  /** In place of `verifyPeer` on the client. */
  readonly look?: (socket: TLSSocket) => string
  /** The context that is shown to who asks for `joinServerName`. */
  readonly joinContext?: TlsOptions
}

export async function meet(sides: Sides): Promise<Meeting> {
  const server = createServer(sides.server)
  if (sides.joinContext !== undefined)
    server.addContext(joinServerName, createSecureContext(sides.joinContext))
  const judged = judgedByServer(server, sides.serverCheck ?? check())
  const port = await listening(server)
  const tape = await Tape.start(port)
  const socket = connect({ host: '127.0.0.1', port: tape.port, ...sides.client })
  let session: Buffer | undefined
  socket.on('session', (ticket) => (session = ticket))
  const closed = new Promise((resolve) => void socket.once('close', resolve))
  const client = await judgedByClient(socket, sides)
  const isOpen = !socket.destroyed && socket.getProtocol() !== null
  const channel = isOpen ? channelOf(socket) : undefined
  const answer = await judged
  socket.end()
  socket.resume()
  await closed
  await Promise.all([tape.stop(), new Promise((resolve) => server.close(resolve))])
  return { client, server: answer, channel, sent: tape.sent, received: tape.received, session }
}

function channelOf(socket: TLSSocket): Meeting['channel'] {
  return {
    protocol: socket.getProtocol(),
    cipher: socket.getCipher().standardName,
    isReused: socket.isSessionReused(),
  }
}

function judgedByServer(server: ReturnType<typeof createServer>, peer: PeerCheck): Promise<Outcome> {
  return new Promise((resolve) => {
    server.once('secureConnection', (socket) => {
      socket.on('error', () => {})
      resolve(judge(() => verifyPeer(socket, peer).peer))
      socket.end()
    })
    server.once('tlsClientError', (error, socket) => resolve(handshakeFault(error, socket).code))
  })
}

function judgedByClient(socket: TLSSocket, { clientCheck = check(), look }: Sides): Promise<Outcome> {
  return new Promise((resolve) => {
    socket.once('secureConnect', () =>
      resolve(judge(() => (look === undefined ? verifyPeer(socket, clientCheck).peer : look(socket)))),
    )
    socket.on('error', (error) => resolve(handshakeFault(error).code))
    socket.once('close', () => resolve('closed'))
  })
}

export function judge(act: () => string): Outcome {
  try {
    return act()
  } catch (error) {
    if (Fault.is(error)) return error.code
    throw error
  }
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Stands between both and records. */
class Tape {
  readonly #server: Server
  readonly #sent: Buffer[] = []
  readonly #received: Buffer[] = []
  port = 0

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(toPort: number): Promise<Tape> {
    const tape: Tape = new Tape(createTcpServer((near) => tape.#carry(near, connectTcp(toPort, '127.0.0.1'))))
    tape.port = await listening(tape.#server)
    return tape
  }

  get sent(): Buffer {
    return Buffer.concat(this.#sent)
  }

  get received(): Buffer {
    return Buffer.concat(this.#received)
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #carry(near: Socket, far: Socket): void {
    near.on('data', (bytes) => this.#sent.push(bytes as Buffer))
    far.on('data', (bytes) => this.#received.push(bytes as Buffer))
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('error', () => to.destroy())
      from.pipe(to)
    }
  }
}
