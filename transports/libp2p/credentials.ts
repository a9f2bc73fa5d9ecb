// Credentials: what a node proves itself with, and whom it believes. They are replaced while connections stand.
import type { PeerId } from '../../runtime/transport.ts'

/** As of now; a newer one replaces it whole. */
export interface Credentials {
  /** The trust domain of the SPIFFE ids: the cluster's id. */
  readonly cluster: string
  /** The node's private leaf key, ML-DSA-65, PKCS #8 in PEM. */
  readonly key: string
  /** The leaf certificate in PEM, signed by the cluster's authority. */
  readonly certificate: string
  /** Certificates of all authorities that are believed, in PEM. While the authority changes there are two. */
  readonly roots: readonly string[]
  /** When the leaf ends, in milliseconds since 1970. */
  readonly endsMs: number
}

/** Where a transport gets them. */
export interface CredentialSource {
  /** The node's lasting Ed25519 key, as the protobuf of libp2p; the peer id comes from it. */
  readonly identityKey: Uint8Array
  readonly current: Credentials
  /** Whether a peer with a certificate of that serial number (hex) is spoken to at all. Revoked ones are not. */
  admits(peer: PeerId, serial: string): boolean
  /** Calls after each change of what `current` or `admits` say; returns the way to stop that. */
  watch(changed: () => void): () => void
}
