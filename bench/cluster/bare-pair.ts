// A bare pair: this process and a partner, with a link between them and no actors.
import { BareAsker, BareSource, role } from '../threads/bare-roles.ts'
import { call } from '../limit/cluster/pipe.ts'
import { makeIdentities } from '../limit/cluster/identity.ts'
import { Partner } from './partner.ts'
import { PipeLink } from '../limit/cluster/pipe-link.ts'
import type { AskFigures } from '../threads/latencies.ts'
import type { BareInput, BareJob } from './bare-entry.ts'
import type { BarePeer } from '../limit/cluster/pipe.ts'
import type { Role } from '../threads/bare-roles.ts'

export class BarePair {
  readonly #partner: Partner
  readonly #link: PipeLink
  readonly #roles: Role[] = []

  private constructor(partner: Partner, link: PipeLink) {
    this.#partner = partner
    this.#link = link
    link.listen((to, kind, payload) => this.#roles[to]?.hear(kind, payload, link))
  }

  static async open(peer: BarePeer): Promise<BarePair> {
    const [own, other] = makeIdentities()
    const partner = await Partner.start({
      entry: 'bare-entry',
      input: { peer, identity: other } satisfies BareInput,
    })
    const pipe = await call(peer, own, await partner.next<string>())
    return new BarePair(partner, new PipeLink(pipe))
  }

  /** Resolves when the partner is ready to count, with what sends and then resolves with the sum. */
  async ready(job: BareJob): Promise<() => Promise<number>> {
    await this.#partner.order({ ...job })
    return () => {
      const counted = this.#partner.next<number>()
      const source = new BareSource(job.payload, job.messages, this.#link)
      this.#roles[role.source] = source
      source.start()
      return counted
    }
  }

  ask(places: number, asks: number): Promise<AskFigures> {
    const asker = new BareAsker(this.#link)
    this.#roles[role.asker] = asker
    return asker.run(places, asks)
  }
}
