// A directory: this node's copy of what the cluster agrees on; it changes as the council's log is applied, and tells what has changed.
import { ClusterState } from '../../actors/cluster/state/cluster-state.ts'
import { decodeCommand, encodeAnswer, refusedCommand } from '../../actors/cluster/state/command-codec.ts'
import { restoreState, snapshotState } from '../../actors/cluster/state/state-snapshot.ts'
import type { ClusterChange } from '../../actors/cluster/state/change.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { CouncilMachine } from '../../actors/cluster/council/council.ts'

/** Hears of each change, in order, while it is applied. Must not throw, and must not propose before it has returned. */
export type DirectoryListener = (change: ClusterChange) => void

export class Directory implements CouncilMachine {
  #state = new ClusterState()
  readonly #listeners = new Set<DirectoryListener>()
  /** Who hears that all is as new as a snapshot, and has to look at everything again. */
  readonly #renewed = new Set<() => void>()

  /** Of the last command that was applied, or is just being applied. */
  index = 0

  get facts(): ClusterFacts {
    return this.#state
  }

  apply(index: number, bytes: Uint8Array): Uint8Array {
    this.index = index
    const command = decodeCommand(bytes)
    if (command === undefined) return encodeAnswer(refusedCommand)
    const { answer, changes } = this.#state.apply(command)
    for (const change of changes) for (const hear of this.#listeners) hear(change)
    return encodeAnswer(answer)
  }

  snapshot(): Uint8Array {
    return snapshotState(this.#state)
  }

  restore(bytes: Uint8Array, index: number): void {
    this.index = index
    this.#state = restoreState(bytes)
    for (const run of this.#renewed) run()
  }

  /** @param renewed is called when changes were skipped @returns what ends it */
  watch(hear: DirectoryListener, renewed: () => void): () => void {
    this.#listeners.add(hear)
    this.#renewed.add(renewed)
    return () => {
      this.#listeners.delete(hear)
      this.#renewed.delete(renewed)
    }
  }
}
