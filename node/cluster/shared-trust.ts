// Shared trust: the authorities that the whole cluster believes, and whom it believes no more, told to all nodes through the council.
import { createHash } from 'node:crypto'
import type { ClusterChange } from '../../actors/cluster/state/change.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { Command } from '../../actors/cluster/state/command.ts'
import type { Revocation } from '../trust/revocations.ts'

/** The setting that says how many pieces there are and what they come to; the pieces stand beside it. */
const rootsKey = 'trust.roots'
/** Characters of a setting's piece: certificates are longer than a setting may be. */
export const rootsPieceCharactersMax = 4_000
/** Pieces of all roots together. */
export const rootsPiecesMax = 16

/** What a node has of it. */
export interface OwnTrust {
  readonly authority: { readonly roots: readonly string[] } | undefined
  believe(roots: readonly string[]): Promise<void>
  revoke(revocation: Revocation): Promise<void>
}

export interface SharedTrustParts {
  readonly trust: OwnTrust
  facts(): ClusterFacts
  nowMs(): number
  propose(command: Command): Promise<unknown>
  /** It could not be kept: the node goes on with what it has. */
  failed(fault: unknown): void
}

export class SharedTrust {
  readonly #parts: SharedTrustParts
  #believed = ''
  /** One after the other: the last word is the one that stays. */
  #work: Promise<void> = Promise.resolve()

  constructor(parts: SharedTrustParts) {
    this.#parts = parts
  }

  /** The node is a member. Where the authority is, its roots are made everybody's. */
  async begin(): Promise<void> {
    const { trust, propose } = this.#parts
    for (const peer of this.#parts.facts().revoked()) this.#revoke(peer)
    this.#takeRoots()
    const roots = trust.authority?.roots
    if (roots === undefined) return
    const text = JSON.stringify(roots)
    if (this.#parts.facts().setting(rootsKey) === markOf(text)) return
    for (const [index, value] of piecesOf(text).entries())
      await propose({ type: 'set', key: `${rootsKey}.${index}`, value })
    await propose({ type: 'set', key: rootsKey, value: markOf(text) })
  }

  changed(change: ClusterChange): void {
    if (change.type === 'peer-revoked') this.#revoke(change.peer)
    else if (change.type === 'setting-changed' && change.key === rootsKey) this.#takeRoots()
  }

  #revoke(peer: string): void {
    const { trust, nowMs } = this.#parts
    const revocation = { kind: 'peer', value: peer, atMs: nowMs(), reason: 'by the council' } as const
    this.#do(() => trust.revoke(revocation))
  }

  #takeRoots(): void {
    const facts = this.#parts.facts()
    const mark = facts.setting(rootsKey)
    const count = Number(mark?.split(' ', 1)[0] ?? 0)
    if (mark === undefined || mark === this.#believed || !(count > 0 && count <= rootsPiecesMax)) return
    const pieces = Array.from({ length: count }, (_, index) => facts.setting(`${rootsKey}.${index}`) ?? '')
    const text = pieces.join('')
    if (markOf(text) !== mark) return
    this.#believed = mark
    // Whoever signs knows best.
    if (this.#parts.trust.authority === undefined)
      this.#do(() => this.#parts.trust.believe(JSON.parse(text) as string[]))
  }

  #do(act: () => Promise<void>): void {
    this.#work = this.#work.then(act).catch((fault: unknown) => this.#parts.failed(fault))
  }
}

function piecesOf(text: string): string[] {
  const count = Math.ceil(text.length / rootsPieceCharactersMax)
  return Array.from({ length: count }, (_, index) =>
    text.slice(index * rootsPieceCharactersMax, (index + 1) * rootsPieceCharactersMax),
  )
}

function markOf(text: string): string {
  return `${piecesOf(text).length} ${createHash('sha256').update(text).digest('hex')}`
}
