// Verifying a peer: from a TLS socket, or a certificate alone, to the peer id that it has proven, or a fault that says what is wrong.
import { escapeText } from '../../../runtime/escape.ts'
import { Fault } from '../../../runtime/fault.ts'
import { toHex } from './byte-text.ts'
import { signerOf, verifyLife } from './certificate-chain.ts'
import { certificateFromPem, pemOf, readCertificate } from './certificate-reader.ts'
import { classicalChannel, refusedChain } from './handshake-fault.ts'
import { provenKey } from './identity-proof.ts'
import { kindOfPublicKey, sha256 } from './keys.ts'
import { peerIdOf, readSpiffeId } from './node-name.ts'
import { tlsGroup } from './tls-options.ts'
import type { PeerId } from '../../../runtime/transport.ts'
import type { Certificate } from './certificate-reader.ts'

/** What of a tls.TLSSocket is looked at, once its handshake is done. */
export interface PeerSocket {
  readonly authorized: boolean
  readonly authorizationError?: Error | string | null
  getProtocol(): string | null
  /** Null on a server. */
  getEphemeralKeyInfo(): object | null
  getPeerX509Certificate(): PeerX509 | undefined
}

/** What of a crypto.X509Certificate is looked at. */
export interface PeerX509 {
  readonly raw: Uint8Array
  readonly issuerCertificate?: PeerX509 | undefined
}

export interface PeerCheck {
  /** The trust domain, the cluster's id. */
  readonly cluster: string
  /** Who it has to be; undefined if anybody of the cluster may be there. */
  readonly expected?: PeerId | undefined
  /** See CredentialSource. */
  admits(peer: PeerId, serial: string): boolean
}

/** Who a peer has proven to be. */
export interface ProvenPeer {
  readonly peer: PeerId
  /** Of the certificate, in lower-case hexadecimal digits. */
  readonly serial: string
  /** When the certificate ends, in milliseconds since 1970: a connection that is older must be replaced. */
  readonly endsMs: number
}

/**
 * Says who is at the other end of a socket: OpenSSL has verified the chain, its dates and the possession of the leaf's key; this looks at
 * the channel, at the name in the certificate, and at its proof that the libp2p key belongs to it. Fits both ends.
 * @throws {Fault} `group-classical` the channel is not TLS 1.3 with `tlsGroup` · `certificate-invalid` · `certificate-expired` ·
 * `cluster-foreign` · `peer-unexpected` · `peer-revoked`
 */
export function verifyPeer(socket: PeerSocket, check: PeerCheck): ProvenPeer {
  verifyChannel(socket)
  const shown = socket.getPeerX509Certificate()
  if (!socket.authorized || shown === undefined) throw refusedChain(socket.authorizationError)
  return provenPeer(readCertificate(shown.raw), check)
}

/** Where there is no handshake that OpenSSL has judged. */
export interface LeafCheck extends PeerCheck {
  /** Certificates of the authorities that are believed, in PEM. */
  readonly roots: readonly string[]
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/**
 * Says whose a leaf certificate is, by the signature of a root. It does not say who holds its key.
 * @throws {Fault} `certificate-invalid` · `certificate-expired` · `cluster-foreign` · `peer-unexpected` · `peer-revoked`
 */
export function verifyLeaf(leaf: Uint8Array, check: LeafCheck): ProvenPeer {
  const certificate = readCertificate(leaf)
  const root = signerOf(certificate, check.roots)
  if (root === undefined) throw refusedLeaf('no authority of the cluster has signed it')
  verifyLife(readCertificate(certificateFromPem(root)), check.nowMs)
  verifyLife(certificate, check.nowMs)
  return provenPeer(certificate, check)
}

export interface FingerprintCheck {
  readonly cluster: string
  /** `fingerprintOf` the authority's certificate, from the token. */
  readonly fingerprint: string
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

/**
 * For a node that joins: it knows no root, only the fingerprint in its token. The server has shown the root in its chain, see
 * `joinContextOptions`.
 * @throws {Fault} `authority-foreign` the fingerprint is another · those of `verifyLeaf` · `group-classical`
 */
export function verifyByFingerprint(socket: PeerSocket, check: FingerprintCheck): ProvenPeer {
  verifyChannel(socket)
  const leaf = socket.getPeerX509Certificate()
  const root = leaf?.issuerCertificate
  if (leaf === undefined || root === undefined) throw refusedLeaf('it came without that of its authority')
  const found = toHex(sha256(root.raw))
  if (found !== check.fingerprint) {
    throw new Fault(
      'authority-foreign',
      `Cannot trust the node: its authority is ${found.slice(0, 16)}, the token names ${check.fingerprint.slice(0, 16)}`,
      {
        hint: 'Make a new token on a node of the cluster, and check the address.',
        details: { found, wanted: check.fingerprint },
      },
    )
  }
  return verifyLeaf(leaf.raw, {
    cluster: check.cluster,
    roots: [pemOf(root.raw, 'CERTIFICATE')],
    nowMs: check.nowMs,
    admits: () => true,
  })
}

/** SHA-256 of a certificate, in lower-case hexadecimal digits. */
export function fingerprintOf(pem: string): string {
  return toHex(sha256(certificateFromPem(pem)))
}

function verifyChannel(socket: PeerSocket): void {
  const version = socket.getProtocol() ?? 'no TLS'
  if (version !== 'TLSv1.3') throw classicalChannel(version)
  // Only a client can ask; on a server the context has no other group.
  const exchange = socket.getEphemeralKeyInfo()
  if (exchange === null) return
  const { name } = exchange as { readonly name?: unknown }
  if (name !== tlsGroup) throw classicalChannel(typeof name === 'string' ? name : 'no key exchange')
}

/** The questions that no chain answers: is it a node's, of this cluster, the one that was wanted, and still welcome? */
function provenPeer(certificate: Certificate, check: PeerCheck): ProvenPeer {
  const { serial, endsMs, publicKey, uris, proof } = certificate
  if (certificate.isAuthority) throw refusedLeaf('it is that of an authority, not of a node')
  if (kindOfPublicKey(publicKey) !== 'ml-dsa-65') throw refusedLeaf('its key is not of the kind ML-DSA-65')
  const [uri] = uris
  const name = uri === undefined || uris.length > 1 ? undefined : readSpiffeId(uri)
  if (name === undefined)
    throw refusedLeaf(`it has ${uris.length} names, and wants one, the SPIFFE id of a node`)
  if (name.cluster !== check.cluster) throw foreign(name.cluster, check.cluster)
  if (proof === undefined) throw refusedLeaf('it does not prove the libp2p key')
  const peer = peerIdOf(provenKey(proof, publicKey))
  if (peer !== name.peer) throw refusedLeaf(`it names ${name.peer} and proves the key of ${peer}`)
  if (check.expected !== undefined && check.expected !== peer) throw unexpected(peer, check.expected)
  if (!check.admits(peer, serial)) throw revoked(peer, serial)
  return { peer, serial, endsMs }
}

function refusedLeaf(reason: string): Fault {
  return new Fault('certificate-invalid', `Cannot believe the certificate: ${reason}`, {
    hint: 'Give the node a certificate of this cluster: let it join with a new token.',
  })
}

function foreign(found: string, wanted: string): Fault {
  const shown = escapeText(found, 64)
  return new Fault(
    'cluster-foreign',
    `Cannot speak to the node: it is of cluster "${shown}", not of "${wanted}"`,
    {
      hint: 'Check the address; a node that changes clusters has to join with a token of the new one.',
      details: { found, wanted },
    },
  )
}

function unexpected(found: PeerId, wanted: PeerId): Fault {
  return new Fault('peer-unexpected', `Cannot speak to ${wanted}: at its address is ${found}`, {
    hint: 'Look up the address of the node again; it may have moved.',
    details: { found, wanted },
  })
}

function revoked(peer: PeerId, serial: string): Fault {
  return new Fault('peer-revoked', `Cannot speak to ${peer}: it, or its certificate ${serial}, is revoked`, {
    hint: 'Let the machine join as a new node, with a new identity key and a new token, if it is trusted again.',
    details: { peer, serial },
  })
}
