// A TLS handshake by the side that dials: from a host and a port to a socket whose other end has proven who it is.
import { connect } from 'node:tls'
import { joinClientOptions } from './identity/tls-options.ts'
import { verifyPeer } from './identity/verify-peer.ts'
import { awaitVerdict } from './verdict.ts'
import type { ConnectionOptions, TLSSocket } from 'node:tls'
import type { PeerId } from '../../runtime/transport.ts'
import type { ProvenPeer } from './identity/verify-peer.ts'
import type { HostPort } from './node-address.ts'
import type { SecureContexts } from './secure-contexts.ts'

/** How long a connection may be silent before the system asks whether the other side is there; ten unanswered questions, a second each, end it. */
export const keepAliveMsDefault: number = 5_000

export interface HandshakeOptions {
  readonly contexts: SecureContexts
  /** Who has to be there; undefined if anybody of the cluster may be. */
  readonly expected: PeerId | undefined
  readonly signal: AbortSignal
}

export interface Proven {
  readonly socket: TLSSocket
  readonly proven: ProvenPeer
}

/**
 * Connects as a member.
 * @throws {Fault} those of `verifyPeer` · `peer-refused` · or the error of the socket
 */
export async function dialTls(
  at: HostPort,
  { contexts, expected, signal }: HandshakeOptions,
): Promise<Proven> {
  const socket = await secured({ ...at, ...contexts.client() }, signal)
  try {
    const proven = verifyPeer(socket, contexts.check(expected))
    await awaitVerdict(socket, signal)
    return { socket, proven }
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/** Connects as somebody who has no certificate yet. The caller verifies who is there before a byte is sent. */
export async function dialFoyer(at: HostPort, signal: AbortSignal): Promise<TLSSocket> {
  return await secured({ ...at, ...joinClientOptions() }, signal)
}

async function secured(options: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket> {
  signal.throwIfAborted()
  const socket = connect(options)
  socket.setNoDelay(true)
  socket.setKeepAlive(true, keepAliveMsDefault)
  // Whoever takes the socket over listens as well; an error in between must not end the process.
  socket.on('error', ignored)
  const onAbort = (): void => void socket.destroy(signal.reason as Error)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('secureConnect', resolve)
      socket.once('error', reject)
      socket.once('close', () => reject(new Error('the other side closed the connection in the handshake')))
    })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function ignored(): void {}
