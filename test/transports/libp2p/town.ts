// A town: an authority, and nodes on the loopback with certificates of it, for the tests of the libp2p transport.
import { seededRandom } from '../../../runtime/random.ts'
import { SystemClock } from '../../../node/system-clock.ts'
import { pemOf } from '../../../transports/libp2p/identity/certificate-reader.ts'
import { writeAuthority, writeLeaf } from '../../../transports/libp2p/identity/certificate-writer.ts'
import { IdentityKey } from '../../../transports/libp2p/identity/identity-key.ts'
import { PrivateKey } from '../../../transports/libp2p/identity/keys.ts'
import { spiffeId } from '../../../transports/libp2p/identity/node-name.ts'
import { openLibp2pTransport } from '../../../transports/libp2p/libp2p-transport.ts'
import type { PeerId, PeerStream, TransportListener } from '../../../runtime/transport.ts'
import type { Credentials, CredentialSource } from '../../../transports/libp2p/credentials.ts'
import type { Libp2pTransport, Libp2pTransportOptions } from '../../../transports/libp2p/libp2p-transport.ts'

export const clusterId = 'abcdefghijklmnop'
export const clock: SystemClock = new SystemClock()
const dayMs = 86_400_000

/** An authority of nodes. */
export class TestAuthority {
  readonly key: PrivateKey = PrivateKey.make('ml-dsa-65')
  readonly name: string
  readonly root: string

  constructor(name = 'town') {
    this.name = name
    const life = { startsMs: Date.now() - dayMs, endsMs: Date.now() + dayMs }
    this.root = pemOf(writeAuthority({ name, ...life }, this.key), 'CERTIFICATE')
  }

  /** @param options what is wrong with it */
  certify(identity: IdentityKey, options: CertifyOptions = {}): Credentials {
    const {
      cluster = clusterId,
      peer = identity.peer,
      endsMs = Date.now() + dayMs,
      roots = [this.root],
    } = options
    const leaf = PrivateKey.make('ml-dsa-65')
    const der = writeLeaf(
      {
        name: identity.peer,
        publicKey: leaf.publicKey,
        uris: [spiffeId({ cluster, peer })],
        proof: identity.proof(leaf.publicKey),
        startsMs: Date.now() - 2 * dayMs,
        endsMs,
      },
      this,
    )
    const key = pemOf(leaf.pkcs8(), 'PRIVATE KEY')
    return { cluster, key, certificate: pemOf(der, 'CERTIFICATE'), roots, endsMs }
  }
}

export interface CertifyOptions {
  readonly cluster?: string
  /** Whom the certificate names. */
  readonly peer?: PeerId
  readonly endsMs?: number
  readonly roots?: readonly string[]
}

/** Credentials that a test changes. */
export class TestCredentials implements CredentialSource {
  readonly identity: IdentityKey
  readonly identityKey: Uint8Array
  readonly banned = new Set<PeerId>()
  current: Credentials
  readonly #changed = new Set<() => void>()

  constructor(
    authority: TestAuthority,
    options: CertifyOptions = {},
    identity: IdentityKey = IdentityKey.make(),
  ) {
    this.identity = identity
    this.identityKey = identity.protobuf()
    this.current = authority.certify(identity, options)
  }

  admits(peer: PeerId): boolean {
    return !this.banned.has(peer)
  }

  watch(changed: () => void): () => void {
    this.#changed.add(changed)
    return () => this.#changed.delete(changed)
  }

  change(current: Credentials = this.current): void {
    this.current = current
    for (const changed of this.#changed) changed()
  }
}

/** A node of the town, with what has come to it. */
export class TestNode implements TransportListener {
  readonly credentials: TestCredentials
  readonly transport: Libp2pTransport
  /** Streams that others have opened and nobody has taken. */
  readonly #arrived: PeerStream[] = []
  readonly #waiting: ((stream: PeerStream) => void)[] = []
  readonly #readdressed: (() => void)[] = []

  constructor(credentials: TestCredentials, transport: Libp2pTransport) {
    this.credentials = credentials
    this.transport = transport
  }

  get address(): string {
    return this.transport.addresses[0]!
  }

  opened(stream: PeerStream): void {
    const taker = this.#waiting.shift()
    if (taker === undefined) this.#arrived.push(stream)
    else taker(stream)
  }

  readdressed(): void {
    for (const go of this.#readdressed.splice(0)) go()
  }

  /** The next stream that somebody opens. */
  async next(): Promise<PeerStream> {
    return this.#arrived.shift() ?? (await new Promise((resolve) => this.#waiting.push(resolve)))
  }

  /** Streams that came and that nobody has asked for. */
  get untaken(): number {
    return this.#arrived.length
  }

  async addressesUntil(isSo: (addresses: readonly string[]) => boolean): Promise<readonly string[]> {
    while (!isSo(this.transport.addresses)) await new Promise<void>((go) => this.#readdressed.push(go))
    return this.transport.addresses
  }

  async dial(to: TestNode, purpose: PeerStream['purpose'] = 'main'): Promise<PeerStream> {
    const target = { peer: to.transport.peer, addresses: to.transport.addresses }
    return await this.transport.dial(target, purpose, never())
  }
}

export type NodeOptions = Partial<Libp2pTransportOptions> & { readonly credentials?: TestCredentials }

export class Town implements AsyncDisposable {
  readonly authority: TestAuthority = new TestAuthority()
  readonly #nodes: TestNode[] = []

  async node(options: NodeOptions = {}): Promise<TestNode> {
    const credentials = options.credentials ?? new TestCredentials(this.authority)
    const transport = await openLibp2pTransport({
      clock,
      random: seededRandom('town'),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      ...options,
      credentials,
    })
    const node = new TestNode(credentials, transport)
    this.#nodes.push(node)
    await transport.listen(node)
    return node
  }

  /** Two ends of a stream of one purpose. */
  async pair(
    near: TestNode,
    far: TestNode,
    purpose: PeerStream['purpose'] = 'main',
  ): Promise<[PeerStream, PeerStream]> {
    const [dialled, taken] = await Promise.all([near.dial(far, purpose), far.next()])
    return [dialled, taken]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map(async ({ transport }) => await transport.close()))
  }
}

export function never(): AbortSignal {
  return new AbortController().signal
}
