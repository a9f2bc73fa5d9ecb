// A replica: what the decided entries have led to on this node. It is the same on all nodes at the same index.
import { invariant } from '../../../runtime/invariant.ts'
import { ByteReader } from './byte-reader.ts'
import { ByteWriter } from './byte-writer.ts'
import { Sessions } from './sessions.ts'
import { snapshotBytesMax } from './snapshot.ts'
import type { CouncilMachine } from './council.ts'
import type { Entry } from './entry.ts'
import type { Snapshot } from './snapshot.ts'

/** Bytes of an answer. */
export const answerBytesMax = 65_536

export interface Outcome {
  readonly index: number
  readonly answer: Uint8Array
  /** It had been applied before, or was given up: nothing has changed. */
  readonly isDuplicate: boolean
}

const nothing = new Uint8Array(0)

export class Replica {
  readonly #machine: CouncilMachine
  readonly #sessions = new Sessions()
  #applied = 0

  constructor(machine: CouncilMachine) {
    this.#machine = machine
  }

  get applied(): number {
    return this.#applied
  }

  /** Rules 35 and 36: each index once, in order; each proposal once. */
  apply(entry: Entry): Outcome {
    invariant(entry.index === this.#applied + 1, 'An entry was applied out of its order')
    this.#applied = entry.index
    const isDuplicate = entry.member !== 0 && !this.#sessions.take(entry)
    if (isDuplicate || entry.kind !== 'command') return { index: entry.index, answer: nothing, isDuplicate }
    const answer = this.#machine.apply(entry.index, entry.data)
    invariant(answer.length <= answerBytesMax, 'The state of the cluster gave an answer that is too long')
    return { index: entry.index, answer, isDuplicate }
  }

  /** Whether a proposal was applied, or can no longer be. */
  hasTaken(member: number, counter: number): boolean {
    return this.#sessions.has(member, counter)
  }

  snapshot(): Uint8Array {
    const writer = new ByteWriter()
    this.#sessions.write(writer)
    const bytes = writer.bytes(this.#machine.snapshot()).done()
    invariant(bytes.length <= snapshotBytesMax, 'The state of the cluster is too large for a snapshot')
    return bytes
  }

  restore({ index, state }: Snapshot): void {
    invariant(index >= this.#applied, 'A snapshot would have taken back what was applied')
    const reader = new ByteReader(state)
    this.#sessions.read(reader)
    const machine = reader.bytes(snapshotBytesMax)
    invariant(reader.isDone, 'A snapshot cannot be read')
    this.#machine.restore(machine, index)
    this.#applied = index
  }
}
