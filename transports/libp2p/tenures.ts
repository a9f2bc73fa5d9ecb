// Tenures: how long a connection may stand. As long as its peer is admitted, and no longer than the certificate that it has shown.
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Carrier } from './carrier.ts'
import type { Refusals } from './refusals.ts'
import type { SecureContexts } from './secure-contexts.ts'

export interface Tenant extends Carrier {
  abort(why: Error): void
  addEventListener(type: 'close', listener: () => void): void
}

/**
 * Whoever keeps a connection for longer than a certificate lasts replaces it before; this is for those who do not. A change of authorities
 * ends nothing by itself: what was proven under the old one holds until then.
 */
export class Tenures {
  readonly #contexts: SecureContexts
  readonly #clock: Clock
  readonly #refusals: Refusals
  readonly #tenants = new Map<Tenant, Alarm>()

  constructor(contexts: SecureContexts, clock: Clock, refusals: Refusals) {
    this.#contexts = contexts
    this.#clock = clock
    this.#refusals = refusals
    contexts.watch(() => this.#look())
  }

  begin(tenant: Tenant): void {
    const leftMs = tenant.proven.endsMs - this.#clock.wall()
    const end = (): void => this.#drop(tenant, 'the certificate of the peer has ended')
    this.#tenants.set(tenant, this.#clock.alarm(this.#clock.now() + leftMs, end))
    tenant.addEventListener('close', () => {
      this.#tenants.get(tenant)?.cancel()
      this.#tenants.delete(tenant)
    })
  }

  #look(): void {
    for (const tenant of this.#tenants.keys()) {
      const { peer, serial } = tenant.proven
      if (!this.#contexts.admits(peer, serial)) this.#drop(tenant, 'the peer is not admitted any more')
    }
  }

  #drop(tenant: Tenant, reason: string): void {
    const why = new Error(reason)
    this.#refusals.add('certificate-dropped', tenant.proven.peer, why)
    tenant.abort(why)
  }
}
