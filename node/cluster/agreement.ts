// An agreement: this node's part in the council, its copy of what was decided, and the way to have more decided.
import { Applied } from './applied.ts'
import { Directory } from './directory.ts'
import { invariant } from '../../runtime/invariant.ts'
import { Proposals } from './proposals.ts'
import { startCouncil } from '../../actors/cluster/council/start-council.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { Council, CouncilOptions } from '../../actors/cluster/council/council.ts'

/** What an agreement calls. Must not throw. */
export interface AgreementEvents {
  /** Leader, term or voters are others than before. */
  changed(): void
  /** This node's part has ended by itself. */
  stopped(fault: Error): void
}

export class Agreement {
  readonly directory: Directory = new Directory()
  readonly applied: Applied = new Applied(() => this.council)
  readonly proposals: Proposals = new Proposals(() => this.council)
  #council: Council | undefined = undefined

  get council(): Council {
    invariant(this.#council !== undefined, 'The council was asked before it was started')
    return this.#council
  }

  get isOpen(): boolean {
    return this.#council !== undefined
  }

  get facts(): ClusterFacts {
    return this.directory.facts
  }

  /** @throws {Fault} `council-damaged` `disk-failed` */
  async open(options: Omit<CouncilOptions, 'machine'>, events: AgreementEvents): Promise<void> {
    const council = await startCouncil({ ...options, machine: this.directory })
    this.#council = council
    council.watch({
      changed: () => events.changed(),
      applied: (index) => this.applied.reached(index),
      stopped: (fault) => {
        if (fault !== undefined) events.stopped(fault)
      },
    })
  }

  async close(): Promise<void> {
    await this.#council?.stop()
  }
}
