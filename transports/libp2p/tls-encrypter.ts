// A TLS encrypter: the same handshake as on the port, over any stream of libp2p; so that two nodes are alone with each other through a relay too.
import { connect, createServer } from 'node:tls'
import { serviceCapabilities } from '@libp2p/interface'
import { peerIdFromString } from '@libp2p/peer-id'
import { verifyPeer } from './identity/verify-peer.ts'
import { messageDuplex } from './message-duplex.ts'
import { SealedStream } from './sealed-stream.ts'
import { awaitVerdict, giveVerdict } from './verdict.ts'
import { thrownError } from './thrown-error.ts'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type {
  ConnectionEncrypter,
  MessageStream,
  SecureConnectionOptions,
  SecuredConnection,
  StreamMuxerFactory,
} from '@libp2p/interface'
import type { Clock } from '../../runtime/clock.ts'
import type { SecureContexts } from './secure-contexts.ts'
import type { Tenures } from './tenures.ts'

export interface EncrypterInit {
  readonly contexts: SecureContexts
  readonly clock: Clock
  readonly tenures: Tenures
  /** Both sides have the same, so that nothing is negotiated. */
  readonly muxer: StreamMuxerFactory
}

export const encrypterProtocol = '/troupe/tls/1'

export function tlsEncrypter(init: EncrypterInit): ConnectionEncrypter {
  return new TlsEncrypter(init)
}

class TlsEncrypter implements ConnectionEncrypter {
  readonly protocol: string = encrypterProtocol
  readonly [serviceCapabilities]: string[] = ['@libp2p/connection-encryption']
  readonly #init: EncrypterInit

  constructor(init: EncrypterInit) {
    this.#init = init
  }

  get [Symbol.toStringTag](): string {
    return 'troupe-tls'
  }

  async secureInbound(stream: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    return await this.#secure(stream, options, async (below) => {
      const socket = await this.#serve(below)
      try {
        const proven = verifyPeer(socket, this.#init.contexts.check(options?.remotePeer?.toString()))
        giveVerdict(socket, 'welcome')
        return { socket, proven }
      } catch (error) {
        giveVerdict(socket, 'refused')
        // Ended at once, the verdict would be lost with what is queued.
        if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve))
        throw error
      }
    })
  }

  async secureOutbound(stream: MessageStream, options?: SecureConnectionOptions): Promise<SecuredConnection> {
    const { contexts } = this.#init
    return await this.#secure(stream, options, async (below, signal) => {
      const socket = connect({ ...contexts.client(), socket: below })
      await secured(socket, 'secureConnect')
      const proven = verifyPeer(socket, contexts.check(options?.remotePeer?.toString()))
      await awaitVerdict(socket, signal)
      return { socket, proven }
    })
  }

  async #secure(
    stream: MessageStream,
    options: SecureConnectionOptions | undefined,
    shake: (
      below: Duplex,
      signal: AbortSignal,
    ) => Promise<Pick<SealedStream, 'proven'> & { readonly socket: TLSSocket }>,
  ): Promise<SecuredConnection> {
    const below = messageDuplex(stream, this.#init.clock)
    below.on('error', ignored)
    const signal = options?.signal ?? new AbortController().signal
    const onAbort = (): void => void below.destroy(signal.reason as Error)
    signal.addEventListener('abort', onAbort, { once: true })
    try {
      const { socket, proven } = await shake(below, signal)
      const { clock, muxer, tenures } = this.#init
      const connection = new SealedStream({ stream, socket, proven, clock })
      tenures.begin(connection)
      return { connection, remotePeer: peerIdFromString(proven.peer), streamMuxer: muxer }
    } catch (error) {
      stream.abort(thrownError(error))
      throw withCode(error)
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** A server that never listens: the public way to have the side of the server, with all its checks, on a Duplex. */
  async #serve(below: Duplex): Promise<TLSSocket> {
    // Judged by `verifyPeer`, as at the door.
    const server = createServer({
      ...this.#init.contexts.server({ takesJoiners: false }),
      rejectUnauthorized: false,
    })
    return await new Promise((resolve, reject) => {
      server.once('secureConnection', (socket) => {
        socket.on('error', ignored)
        resolve(socket)
      })
      server.once('tlsClientError', reject)
      below.once('close', () => reject(new Error('the connection closed in the handshake')))
      server.emit('connection', below)
    })
  }
}

/** libp2p keeps only the message of what an encrypter throws. */
function withCode(error: unknown): Error {
  const { code, message } = thrownError(error) as Error & { readonly code?: unknown }
  return new Error(typeof code === 'string' ? `${code}: ${message}` : message, { cause: error })
}

async function secured(socket: TLSSocket, event: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once(event, resolve)
    socket.on('error', reject)
    socket.once('close', () => reject(new Error('the other side closed the connection in the handshake')))
  })
}

function ignored(): void {}
