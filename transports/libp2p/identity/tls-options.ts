// The TLS options of the wire between nodes: TLS 1.3, one group, one signature, one cipher, no tickets, so that there is nothing to fall back to.
import { constants } from 'node:crypto'
import type { Credentials } from '../credentials.ts'

/** The only key exchange: X25519 and ML-KEM-768 together. */
export const tlsGroup = 'X25519MLKEM768'
/** What members of a cluster speak (ALPN). */
export const peerProtocol = 'troupe/1'
/** What a node speaks that wants to become one; see node/trust. */
export const joinProtocol = 'troupe-join/1'
/** The server name a joining node asks for: then the server shows the authority's certificate too. */
export const joinServerName = 'join.troupe.invalid'
/** The label under which both ends derive the same bytes from a channel (exportKeyingMaterial), and how many. */
export const channelBindingLabel = 'EXPORTER-troupe-join-1'
export const channelBindingBytes = 32

/** For tls.createSecureContext, and for server.setSecureContext after a change of credentials. */
export interface ContextOptions {
  readonly minVersion: 'TLSv1.3'
  readonly maxVersion: 'TLSv1.3'
  readonly ciphers: string
  readonly ecdhCurve: string
  readonly sigalgs: string
  readonly secureOptions: number
  /** Every connection proves its certificate: nothing is resumed. */
  readonly sessionTimeout: number
  readonly key?: string
  readonly cert?: string
  readonly ca: string[]
}

/** Beside the context: for tls.createServer. A socket is a peer's only once `verifyPeer` has returned. */
export interface ServerOptions extends ContextOptions {
  readonly ALPNProtocols: string[]
  readonly requestCert: true
  readonly rejectUnauthorized: boolean
  readonly handshakeTimeout: number
}

/** Beside the context: for tls.connect. */
export interface ClientOptions extends ContextOptions {
  readonly ALPNProtocols: string[]
  readonly rejectUnauthorized: boolean
  /** The SPIFFE id takes the place of host names: `verifyPeer` looks at it. */
  readonly checkServerIdentity: () => undefined
  readonly servername?: string
}

/** How long a handshake may take. */
export const handshakeMsMax: number = 10_000

/** The secure context of a member. */
export function contextOptions(credentials: Credentials): ContextOptions {
  return {
    ...strict,
    key: credentials.key,
    cert: credentials.certificate,
    ca: [...credentials.roots],
  }
}

/**
 * The same with the authority's certificate in the chain: for whoever asks for `joinServerName`, see `verifyByFingerprint`.
 * @param root the one that has signed the leaf, see `signerOf`
 */
export function joinContextOptions(credentials: Credentials, root: string): ContextOptions {
  return { ...contextOptions(credentials), cert: `${credentials.certificate}${root}` }
}

/**
 * A server for members. With `takesJoiners` the handshake succeeds without a certificate too, since a node that joins has none: then a socket
 * whose `alpnProtocol` is `joinProtocol` gets one question and one answer, and every other one has to pass `verifyPeer`, which looks at
 * what OpenSSL has found.
 */
export function serverOptions(
  credentials: Credentials,
  options: { readonly takesJoiners?: boolean } = {},
): ServerOptions {
  const takesJoiners = options.takesJoiners === true
  return {
    ...contextOptions(credentials),
    ALPNProtocols: takesJoiners ? [peerProtocol, joinProtocol] : [peerProtocol],
    requestCert: true,
    rejectUnauthorized: !takesJoiners,
    handshakeTimeout: handshakeMsMax,
  }
}

/** A member that dials a member. */
export function clientOptions(credentials: Credentials): ClientOptions {
  return {
    ...contextOptions(credentials),
    ALPNProtocols: [peerProtocol],
    rejectUnauthorized: true,
    checkServerIdentity: () => undefined,
  }
}

/** A node that has nothing yet. It must call `verifyByFingerprint` before it sends a byte. */
export function joinClientOptions(): ClientOptions {
  return {
    ...strict,
    ca: [],
    ALPNProtocols: [joinProtocol],
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    servername: joinServerName,
  }
}

const strict = {
  minVersion: 'TLSv1.3',
  maxVersion: 'TLSv1.3',
  ciphers: 'TLS_AES_256_GCM_SHA384',
  ecdhCurve: tlsGroup,
  sigalgs: 'mldsa65',
  secureOptions: constants.SSL_OP_NO_TICKET,
  sessionTimeout: 1,
} as const
