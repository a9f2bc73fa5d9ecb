// A revocation watch: tells the cluster whom an operator has revoked in this node's folder, and lets in again whom the cluster has pardoned.
import { isAgreed, readRevocations, revocationNames } from '../trust/revocations.ts'
import type { Alarm, Clock } from '../../runtime/clock.ts'
import type { Cluster } from './cluster.ts'
import type { Revocation } from '../trust/revocations.ts'
import type { Trust } from '../trust/trust.ts'

/** Between two looks for what an operator has revoked in the folder, in milliseconds. */
export const revocationsEveryMs = 2_000

export interface RevocationWatchParts {
  readonly clock: Clock
  readonly trust: Trust
  readonly cluster: Pick<Cluster, 'agreement' | 'member'>
  /** It is tried again: what the council has not heard with the next look, what is not written with the next start. */
  failed(fault: unknown): void
}

export class RevocationWatch {
  readonly #parts: RevocationWatchParts
  readonly #end: () => void
  #seen: string | undefined = undefined
  #alarm: Alarm | undefined = undefined
  #isStopped = false
  /** One after the other: they change the same files. */
  #last: Promise<void> = Promise.resolve()

  /** Begins at once. */
  constructor(parts: RevocationWatchParts) {
    this.#parts = parts
    this.#end = parts.cluster.agreement.directory.watch(
      (change) => {
        if (change.type === 'peer-pardoned') this.#then(() => parts.trust.pardon(change.peer))
      },
      () => this.#then(() => this.#letIn()),
    )
    this.#then(() => this.#letIn())
    this.#look()
  }

  /** Resolves once nothing is written any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#end()
    this.#alarm?.cancel()
    await this.#last
  }

  #look(): void {
    if (this.#isStopped) return
    const { clock } = this.#parts
    this.#then(() => this.#tell())
    this.#alarm = clock.alarm(clock.now() + revocationsEveryMs, () => this.#look())
  }

  #then(run: () => Promise<void>): void {
    this.#last = this.#last.then(run).catch((fault: unknown) => this.#parts.failed(fault))
  }

  /** Those that were pardoned while this node was not there. */
  async #letIn(): Promise<void> {
    const { trust, cluster } = this.#parts
    const { facts } = cluster.agreement
    for (const { kind, value } of (await readRevocations(trust.folder)).filter(isAgreed))
      if (kind === 'peer' && !facts.isRevoked(value)) await trust.pardon(value)
  }

  /** What an operator has revoked here the whole cluster has to hear. */
  async #tell(): Promise<void> {
    const { trust } = this.#parts
    const names = (await revocationNames(trust.folder)).join(' ')
    if (names === this.#seen) return
    await trust.reload()
    const own = (await readRevocations(trust.folder)).filter((one) => one.kind === 'peer' && !isAgreed(one))
    for (const revocation of own) await this.#propose(revocation)
    this.#seen = names
  }

  async #propose(revocation: Revocation): Promise<void> {
    const { cluster, trust } = this.#parts
    const { value: peer, reason, atMs } = revocation
    const decision = { why: reason, atMs, by: cluster.member, facts: [] }
    const answer = await cluster.agreement.proposals.propose({ type: 'revoke', peer, decision })
    if (answer.type !== 'refused') await trust.agree(revocation)
  }
}
