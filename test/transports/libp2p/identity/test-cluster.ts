// A cluster for tests of certificates: an authority, and nodes whose certificates can be wrong in one way each.
import { pemOf } from '../../../../transports/libp2p/identity/certificate-reader.ts'
import { writeAuthority, writeLeaf } from '../../../../transports/libp2p/identity/certificate-writer.ts'
import { IdentityKey } from '../../../../transports/libp2p/identity/identity-key.ts'
import { PrivateKey } from '../../../../transports/libp2p/identity/keys.ts'
import { spiffeId } from '../../../../transports/libp2p/identity/node-name.ts'
import { fingerprintOf } from '../../../../transports/libp2p/identity/verify-peer.ts'
import type { LeafOrder } from '../../../../transports/libp2p/identity/certificate-writer.ts'
import type { Credentials } from '../../../../transports/libp2p/credentials.ts'
import type { PeerCheck } from '../../../../transports/libp2p/identity/verify-peer.ts'

/** What is wrong with a certificate, by what the authority writes into it instead. */
export interface Flaw extends Partial<LeafOrder> {
  /** The trust domain in the SPIFFE id. */
  readonly cluster?: string
  /** Whose peer id stands in it. */
  readonly peer?: string
  readonly identity?: IdentityKey
}

export interface TestNode {
  readonly peer: string
  readonly identity: IdentityKey
  readonly key: PrivateKey
  /** In DER. */
  readonly certificate: Uint8Array
  readonly credentials: Credentials
}

const hourMs = 3_600_000
export const testCluster = 'troupetroupe2345'

export class TestCluster {
  readonly key: PrivateKey = PrivateKey.make('ml-dsa-65')
  readonly name: string
  readonly root: string
  readonly fingerprint: string
  readonly nowMs: number

  constructor(nowMs: number, name = 'test authority') {
    this.name = name
    this.nowMs = nowMs
    const life = { startsMs: nowMs - hourMs, endsMs: nowMs + 24 * hourMs }
    this.root = pemOf(writeAuthority({ name, ...life }, this.key), 'CERTIFICATE')
    this.fingerprint = fingerprintOf(this.root)
  }

  node(flaw: Flaw = {}): TestNode {
    const { cluster = testCluster, identity = IdentityKey.make(), peer = identity.peer, ...order } = flaw
    const key = PrivateKey.make('ml-dsa-65')
    const certificate = writeLeaf(
      {
        name: peer,
        publicKey: key.publicKey,
        uris: [spiffeId({ cluster, peer })],
        proof: identity.proof(key.publicKey),
        startsMs: this.nowMs - hourMs,
        endsMs: this.nowMs + hourMs,
        ...order,
      },
      { name: this.name, key: this.key },
    )
    const credentials = {
      cluster: testCluster,
      key: pemOf(key.pkcs8(), 'PRIVATE KEY'),
      certificate: pemOf(certificate, 'CERTIFICATE'),
      roots: [this.root],
      endsMs: this.nowMs + hourMs,
    }
    return { peer: identity.peer, identity, key, certificate, credentials }
  }
}

export function check(more: Partial<PeerCheck> = {}): PeerCheck {
  return { cluster: testCluster, admits: () => true, ...more }
}
