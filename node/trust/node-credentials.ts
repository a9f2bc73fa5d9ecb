// A node's credentials: what it proves itself with and whom it believes, as its transports see them while they change.
import { pemOf } from '../../transports/libp2p/identity/certificate-reader.ts'
import { makeLeaf } from './leaf.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { IdentityKey } from '../../transports/libp2p/identity/identity-key.ts'
import type { Credentials, CredentialSource } from '../../transports/libp2p/credentials.ts'
import type { Leaf } from './leaf.ts'
import type { Revocation } from './revocations.ts'

export interface NodeCredentialsOptions {
  readonly clock: Clock
  readonly cluster: string
  readonly identity: IdentityKey
  readonly leaf: Leaf
  /** In PEM, that of the authority which signs now first. */
  readonly roots: readonly string[]
  readonly revocations?: readonly Revocation[]
}

/** Only the last leaf and the last roots count; who is revoked stays so until another list says otherwise. */
export class NodeCredentials implements CredentialSource {
  readonly peer: PeerId
  readonly identityKey: Uint8Array
  readonly #clock: Clock
  readonly #cluster: string
  readonly #watchers = new Set<{ readonly changed: () => void }>()
  #leaf: Leaf
  #roots: readonly string[]
  #current: Credentials
  #revoked: ReadonlySet<string>

  constructor(options: NodeCredentialsOptions) {
    const { clock, cluster, identity, leaf, roots, revocations = [] } = options
    this.peer = identity.peer
    this.identityKey = identity.protobuf()
    this.#clock = clock
    this.#cluster = cluster
    this.#leaf = leaf
    this.#roots = roots
    this.#revoked = revokedNames(revocations)
    this.#current = this.#made()
  }

  /** Also of a leaf that has ended, which no peer believes: see `isOver`. */
  get current(): Credentials {
    return this.#current
  }

  get leaf(): Leaf {
    return this.#leaf
  }

  get roots(): readonly string[] {
    return this.#roots
  }

  /** Whether the certificate has ended: this node has to ask for another one before it can speak to anybody. */
  get isOver(): boolean {
    return this.#clock.wall() >= this.#leaf.endsMs
  }

  admits(peer: PeerId, serial: string): boolean {
    return !this.#revoked.has(`peer-${peer}`) && !this.#revoked.has(`serial-${serial}`)
  }

  watch(changed: () => void): () => void {
    const watcher = { changed }
    this.#watchers.add(watcher)
    return () => void this.#watchers.delete(watcher)
  }

  /**
   * Takes a new leaf, with the roots that came with it.
   * @throws {Fault} `certificate-expired` it is over, or begins later · those of `makeLeaf`
   */
  install(leaf: Leaf, roots: readonly string[] = this.#roots): void {
    const nowMs = this.#clock.wall()
    makeLeaf(leaf.key, leaf.certificate, { cluster: this.#cluster, peer: this.peer, roots, nowMs })
    this.#leaf = leaf
    this.#roots = roots
    this.#current = this.#made()
    this.#tell()
  }

  /** Believes these authorities from now on, as the cluster has agreed. @param roots in PEM */
  believe(roots: readonly string[]): void {
    this.#roots = roots
    this.#current = this.#made()
    this.#tell()
  }

  /** Replaces the list of who is not spoken to. Whoever has connections looks at `admits` again. */
  revoke(revocations: readonly Revocation[]): void {
    this.#revoked = revokedNames(revocations)
    this.#tell()
  }

  #made(): Credentials {
    return {
      cluster: this.#cluster,
      key: pemOf(this.#leaf.key.pkcs8(), 'PRIVATE KEY'),
      certificate: pemOf(this.#leaf.certificate, 'CERTIFICATE'),
      roots: this.#roots,
      endsMs: this.#leaf.endsMs,
    }
  }

  #tell(): void {
    for (const { changed } of this.#watchers) changed()
  }
}

function revokedNames(revocations: readonly Revocation[]): ReadonlySet<string> {
  return new Set(revocations.map(({ kind, value }) => `${kind}-${value}`))
}
