// An identity of the bare peers: the same keys, certificates and contexts that nodes of a cluster have, without their folders.
import { Authority } from '../../../node/trust/authority.ts'
import { IdentityKey } from '../../../transports/libp2p/identity/identity-key.ts'
import { issueOwnLeaf } from '../../../node/trust/leaf.ts'
import { pemOf } from '../../../transports/libp2p/identity/certificate-reader.ts'
import { SecureContexts } from '../../../transports/libp2p/secure-contexts.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import type { Credentials, CredentialSource } from '../../../transports/libp2p/credentials.ts'

/** Plain data: it is made in one process and given to another. */
export interface Identity {
  readonly peer: string
  readonly identityKey: Uint8Array
  readonly credentials: Credentials
}

/** Two of one cluster. */
export function makeIdentities(): readonly [Identity, Identity] {
  const nowMs = Date.now()
  const authority = Authority.make('benchmarkbenchma', nowMs)
  const make = (): Identity => {
    const identity = IdentityKey.make()
    const leaf = issueOwnLeaf(authority, identity, nowMs)
    return {
      peer: identity.peer,
      identityKey: identity.protobuf(),
      credentials: {
        cluster: authority.cluster,
        key: pemOf(leaf.key.pkcs8(), 'PRIVATE KEY'),
        certificate: pemOf(leaf.certificate, 'CERTIFICATE'),
        roots: authority.roots,
        endsMs: leaf.endsMs,
      },
    }
  }
  return [make(), make()]
}

export function credentialsOf({ identityKey, credentials }: Identity): CredentialSource {
  return { identityKey, current: credentials, admits: () => true, watch: () => () => undefined }
}

export function contextsOf(identity: Identity): SecureContexts {
  return new SecureContexts({
    source: credentialsOf(identity),
    clock: new SystemClock(),
    refused: (error) => {
      throw error
    },
  })
}
