// Returns: roots whose thread was lost live again elsewhere, or end for good.
import { afterLoss } from './after-loss.ts'
import { Fault } from '../../runtime/fault.ts'
import type { AfterLoss } from './after-loss.ts'
import type { Crew, Member } from './crew.ts'
import type { HeadOffice } from './head-office.ts'
import type { HomeEntry } from './homes.ts'
import type { SpawnOrder } from './spawn-order.ts'

/** What is needed to bring roots back. */
export interface ReturnsParts {
  readonly crew: Crew
  readonly office: HeadOffice
  nowMs(): number
  spawn(thread: number, order: SpawnOrder): Promise<unknown>
}

export class Returns {
  readonly #parts: ReturnsParts

  constructor(parts: ReturnsParts) {
    this.#parts = parts
  }

  /** Sees to all roots of a thread that runs no more; resolves when each lives again or has ended. */
  async take(entries: readonly HomeEntry[], lost: Pick<Member, 'kind' | 'slot'>, why: Fault): Promise<void> {
    const roots = entries.map(({ top, restart, losses }) => ({
      path: top,
      restart,
      isEnding: false,
      wasRunning: undefined,
      home: lost.kind,
      record: losses,
    }))
    const decided = afterLoss(roots, {
      nowMs: this.#parts.nowMs(),
      isBlameless: why.code === 'thread-terminated',
      hasQuarantine: true,
    })
    const acts = decided.flatMap((decision, index) => {
      const entry = entries[index]
      return entry === undefined ? [] : [this.#act(entry, decision, { slot: lost.slot, why })]
    })
    await Promise.all(acts)
  }

  async #act(
    entry: HomeEntry,
    decision: AfterLoss,
    { slot, why }: { readonly slot: number; readonly why: Fault },
  ): Promise<void> {
    entry.losses = decision.record
    if (decision.act === 'end') {
      this.#parts.office.ends(entry, decision.exit)
      return
    }
    const member = decision.act === 'quarantine' ? this.#quarantine() : this.#successor(slot)
    if (member === undefined) this.#parts.office.ends(entry, { cause: 'node-lost', fault: why.toJSON() })
    else await this.#respawn(entry, member)
  }

  /** Whoever has the place of the lost thread now. */
  #successor(slot: number): Member | undefined {
    const { crew } = this.#parts
    const successor = slot === 0 ? undefined : crew.inSlot(slot)
    return successor ?? crew.serving.find(({ kind, isLost }) => kind === 'shared' && !isLost)
  }

  /** The thread for suspects, away from the others; where there is no room for one more thread they live with the others. */
  #quarantine(): Member | undefined {
    const { crew } = this.#parts
    const known = crew.serving.find(({ kind, isLost }) => kind === 'quarantine' && !isLost)
    if (known !== undefined) return known
    try {
      return crew.add('quarantine')
    } catch (fault) {
      if (!Fault.is(fault)) throw fault
      return this.#successor(0)
    }
  }

  async #respawn(entry: HomeEntry, member: Member): Promise<void> {
    const { office } = this.#parts
    office.homes.rehome(entry, member.id)
    entry.state = 'returning'
    try {
      await this.#parts.spawn(member.id, { ...entry.order, epoch: entry.epoch })
      office.cameBack(entry.top)
    } catch (error) {
      // Lost again: that loss has it among its own roots.
      if (Fault.is(error) && error.code === 'thread-lost') return
      const fault = Fault.wrap(error, 'start-failed', `Cannot start "${entry.top}" again`)
      office.ends(entry, { cause: 'failed', fault: fault.toJSON() })
    }
  }
}
