// A leaf: a node's short-lived certificate with its private key.
import { readCertificate } from '../../transports/libp2p/identity/certificate-reader.ts'
import { isSignedBy, PrivateKey } from '../../transports/libp2p/identity/keys.ts'
import { verifyLeaf } from '../../transports/libp2p/identity/verify-peer.ts'
import { certificateBytesMax } from '../../transports/libp2p/identity/der-reader.ts'
import { Fault } from '../../runtime/fault.ts'
import { field, readFields, writeFields } from './fields.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { IdentityKey } from '../../transports/libp2p/identity/identity-key.ts'
import type { Authority } from './authority.ts'

export interface Leaf {
  readonly key: PrivateKey
  /** In DER. */
  readonly certificate: Uint8Array
  readonly peer: PeerId
  readonly serial: string
  /** Milliseconds since 1970. */
  readonly startsMs: number
  readonly endsMs: number
}

export interface LeafPlace {
  readonly cluster: string
  readonly peer: PeerId
  /** In PEM. */
  readonly roots: readonly string[]
  readonly nowMs: number
}

/**
 * Puts a key and a certificate together.
 * @throws {Fault} `leaf-foreign` the key is not that of the certificate · those of `verifyLeaf`
 */
export function makeLeaf(key: PrivateKey, certificate: Uint8Array, place: LeafPlace): Leaf {
  const { cluster, peer, roots, nowMs } = place
  const proven = verifyLeaf(certificate, { cluster, expected: peer, roots, nowMs, admits: () => true })
  const { publicKey, startsMs } = readCertificate(certificate)
  const probe = new TextEncoder().encode('troupe leaf')
  if (!isSignedBy('ml-dsa-65', publicKey, probe, key.sign(probe))) {
    throw new Fault('leaf-foreign', `Cannot use the certificate ${proven.serial}: it is for another key`, {
      hint: 'Ask for a certificate again; the answer may have been that to an older question.',
    })
  }
  return { key, certificate, peer: proven.peer, serial: proven.serial, startsMs, endsMs: proven.endsMs }
}

/** What the authority signs for itself, on the node that has its key. */
export function issueOwnLeaf(authority: Authority, identity: IdentityKey, nowMs: number): Leaf {
  const key = PrivateKey.make('ml-dsa-65')
  const { peer } = identity
  const certificate = authority.issue(
    { peer, publicKey: key.publicKey, proof: identity.proof(key.publicKey) },
    nowMs,
  )
  return makeLeaf(key, certificate, { cluster: authority.cluster, peer, roots: authority.roots, nowMs })
}

export function writeLeafRecord({ key, certificate }: Leaf): Uint8Array {
  return writeFields(
    recordKind,
    new Map([
      [1, key.pkcs8()],
      [2, certificate],
    ]),
  )
}

/** A leaf as it was kept, whether or not it has ended since. @throws {Fault} `join-malformed` · `key-unreadable` · those of `makeLeaf` */
export function readLeafRecord(bytes: Uint8Array, place: LeafPlace): Leaf {
  const fields = readFields(recordKind, bytes, leafRecordBytesMax)
  const certificate = field(fields, 2, 1, certificateBytesMax)
  const { startsMs, endsMs } = readCertificate(certificate)
  const nowMs = Math.min(Math.max(place.nowMs, startsMs), endsMs - 1)
  return makeLeaf(PrivateKey.read(field(fields, 1, 1, 256), 'ml-dsa-65'), certificate, { ...place, nowMs })
}

const recordKind = 'troupe leaf 1\n'
const leafRecordBytesMax = certificateBytesMax + 1_024
