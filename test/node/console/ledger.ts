// A ledger: durable actors for tests of the console's journal commands, and a journal that their records were put into by hand.
import { defineActor } from 'troupe'
import type { Commit } from '../../../runtime/commit.ts'
import type { Append, Journal } from '../../../runtime/journal.ts'
import type { TestNode } from 'troupe/testing'
import type {
  CompactReport,
  JournalFinding,
  JournalSizes,
  JournalUpkeep,
  UpkeepOptions,
  VerifyReport,
} from '../../../node/journal/upkeep.ts'

/** To be loaded by a node. */
export const ledgerFile: string = import.meta.url

export const purse = defineActor('purse', {
  state: (owner: string = 'nobody') => ({ owner, balance: 0 }),
  events: {
    paid(state, amount: number) {
      state.balance += amount
    },
    renamed: (state, owner: string) => ({ ...state, owner }),
  },
  on: {
    async pay(self, amount: number) {
      await self.persist('paid', amount)
    },
    balance: (self) => self.state.balance,
  },
})

/** What a record is, as far as it is not the usual. */
export type Entry = Commit & { readonly of?: Partial<Append> }

/** Puts records into the journal of a node, as its actors would. */
export async function write(node: TestNode, id: string, entries: readonly Entry[]): Promise<void> {
  const { durability } = node.runtime.host
  if (durability === undefined) throw new Error('The node has a journal')
  const recovering = durability.journal.recover(id, undefined, () => {})
  await node.settle()
  const claim = await recovering
  let { seq } = claim
  const kept = entries.map(({ of = {}, ...commit }) => {
    const kind = of.kind ?? 'commit'
    if (kind !== 'snapshot') seq++
    const body = kind === 'end' ? new Uint8Array() : durability.codec.encode(commit, 'write')
    const common = { id, epoch: claim.epoch, seq, kind, atMs: node.clock.wall(), body, tags: [] }
    return appended(durability.journal, { ...common, ...of })
  })
  await node.settle()
  await Promise.all(kept)
  durability.journal.release(id, claim.epoch)
  await node.settle()
}

function appended(journal: Journal, append: Append): Promise<void> {
  return new Promise((resolve, reject) => {
    journal.append(append, (fault) => (fault === undefined ? resolve() : reject(fault)))
  })
}

/** Says of the journal of a node what it is told to, as if there were files. */
export class ToldUpkeep implements JournalUpkeep {
  readonly findings: JournalFinding[] = []
  /** How far a check and a compaction have come, until they are let go. */
  progress: ((done: number, all: number) => void) | undefined = undefined
  readonly #held: (() => void)[] = []
  isHeld = false

  sizes(): JournalSizes {
    return { logBytes: 9, segments: 2, tailBytes: 0 }
  }

  async verify({ progress }: UpkeepOptions): Promise<VerifyReport> {
    await this.#work(progress)
    const { findings } = this
    const damaged = findings.filter(({ isDamage }) => isDamage).length
    return { actors: 1, records: 1, bytes: 9, segments: 2, findings, findingsCount: findings.length, damaged }
  }

  async compact({ progress }: UpkeepOptions): Promise<CompactReport> {
    await this.#work(progress)
    return { bytesBefore: 9, bytesAfter: 5, segmentsBefore: 2, segmentsAfter: 1, recordsDropped: 3 }
  }

  async acceptLoss(): Promise<void> {}

  letGo(): void {
    for (const go of this.#held.splice(0)) go()
  }

  async #work(progress: UpkeepOptions['progress']): Promise<void> {
    this.progress = progress
    if (this.isHeld) await new Promise<void>((resolve) => this.#held.push(resolve))
  }
}

export function giveUpkeep(node: TestNode): ToldUpkeep {
  const upkeep = new ToldUpkeep()
  Object.defineProperty(node, 'journalUpkeep', { value: upkeep, configurable: true })
  return upkeep
}
