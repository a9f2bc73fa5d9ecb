// The secure contexts of a node: made of its credentials as of now, and made anew under traffic whenever those change.
import { createSecureContext } from 'node:tls'
import { clientOptions, joinContextOptions, serverOptions } from './identity/tls-options.ts'
import { verifyLeaf } from './identity/verify-peer.ts'
import { certificateFromPem } from './identity/certificate-reader.ts'
import { thrownError } from './thrown-error.ts'
import type { SecureContext } from 'node:tls'
import type { Clock } from '../../runtime/clock.ts'
import type { PeerId } from '../../runtime/transport.ts'
import type { Credentials, CredentialSource } from './credentials.ts'
import type { ClientOptions, ContextOptions, ServerOptions } from './identity/tls-options.ts'
import type { PeerCheck } from './identity/verify-peer.ts'

export interface ContextsInit {
  readonly source: CredentialSource
  readonly clock: Clock
  /** New credentials of which no context can be made; the old ones stay in use. */
  refused(error: Error): void
}

/** What is true of all connections that are made from now on. Those that stand keep what they were made with. */
export class SecureContexts {
  readonly #source: CredentialSource
  readonly #clock: Clock
  readonly #refused: (error: Error) => void
  readonly #stopWatching: () => void
  readonly #listeners = new Set<() => void>()
  #credentials: Credentials
  #client: SecureContext

  constructor({ source, clock, refused }: ContextsInit) {
    this.#source = source
    this.#clock = clock
    this.#refused = refused
    this.#credentials = source.current
    this.#client = createSecureContext(clientOptions(this.#credentials))
    this.#stopWatching = source.watch(() => this.#renew())
  }

  get cluster(): string {
    return this.#credentials.cluster
  }

  /** For who dials. The parsed context is shared by all dials until the next change. */
  client(): ClientOptions & { readonly secureContext: SecureContext } {
    return { ...clientOptions(this.#credentials), secureContext: this.#client }
  }

  server(options: { readonly takesJoiners: boolean }): ServerOptions {
    return serverOptions(this.#credentials, options)
  }

  /** The context for a node that joins: it shows the certificate of the authority too. */
  forJoiners(): ContextOptions {
    return joinContextOptions(this.#credentials, this.#ownRoot())
  }

  check(expected: PeerId | undefined): PeerCheck {
    return { cluster: this.cluster, expected, admits: (peer, serial) => this.#source.admits(peer, serial) }
  }

  admits(peer: PeerId, serial: string): boolean {
    return this.#source.admits(peer, serial)
  }

  /** Calls after each change; returns the way to stop that. */
  watch(changed: () => void): () => void {
    this.#listeners.add(changed)
    return () => this.#listeners.delete(changed)
  }

  close(): void {
    this.#stopWatching()
    this.#listeners.clear()
  }

  #renew(): void {
    const { current } = this.#source
    try {
      const client =
        current === this.#credentials ? this.#client : createSecureContext(clientOptions(current))
      this.#credentials = current
      this.#client = client
    } catch (error) {
      this.#refused(thrownError(error))
    }
    for (const listener of this.#listeners) listener()
  }

  /** The root that has signed our own certificate: while authorities change there are two. */
  #ownRoot(): string {
    const { certificate, cluster, roots } = this.#credentials
    const leaf = certificateFromPem(certificate)
    const check = { cluster, nowMs: this.#clock.wall(), admits: () => true }
    const own = roots.find((root) => {
      try {
        verifyLeaf(leaf, { ...check, roots: [root] })
        return true
      } catch {
        return false
      }
    })
    return own ?? roots[0] ?? ''
  }
}
