// A parcel of appends: what a thread has gathered for the journal in one turn, with those who wait for the answer.
import { appendsOf, BatchBuilder } from './record-batch.ts'
import { Fault } from '../../runtime/fault.ts'
import { shown } from '../journal/refused-append.ts'
import type { Append } from '../../runtime/journal.ts'
import type { RecordBatch } from './record-batch.ts'

export type Done = (fault: Fault | undefined) => void

/** One who waits. */
interface Waiting {
  readonly done: Done
  /** Undefined of one that is in the batch. */
  readonly refusal: Fault | undefined
}

export class AppendParcel {
  readonly #builder = new BatchBuilder()
  readonly #waiting: Waiting[] = []
  /** The answers of those in the batch; undefined until there are any. */
  #faults: readonly (Fault | null)[] | undefined = undefined

  /** Appends in the batch. */
  get count(): number {
    return this.#builder.count
  }

  get bytes(): number {
    return this.#builder.bytes
  }

  /** Whether anybody waits for it. */
  get isEmpty(): boolean {
    return this.#waiting.length === 0
  }

  get isAnswered(): boolean {
    return this.#faults !== undefined
  }

  add(append: Append, done: Done): void {
    this.#builder.add(append)
    this.#waiting.push({ done, refusal: undefined })
  }

  /** Takes in one that goes nowhere, but is answered in its turn. */
  refuse(refusal: Fault, done: Done): void {
    this.#waiting.push({ done, refusal })
  }

  take(): RecordBatch {
    return this.#builder.take()
  }

  answer(faults: readonly (Fault | null)[] | null): void {
    this.#faults ??= faults ?? []
  }

  /** Nobody knows what became of it. */
  lose(cause: Fault): void {
    this.#faults ??= appendsOf(this.take()).map((append) => unanswered(append, cause))
  }

  /** Tells those who wait, in order. What one of them throws is thrown once all are told. */
  settle(): void {
    const thrown: unknown[] = []
    let index = 0
    for (const { done, refusal } of this.#waiting) {
      const fault = refusal ?? this.#faults?.[index++] ?? undefined
      try {
        done(fault)
      } catch (error) {
        thrown.push(error)
      }
    }
    if (thrown.length > 0) throw thrown[0]
  }
}

function unanswered(append: Append, cause: Fault): Fault {
  return new Fault('journal-failed', `Cannot keep ${shown(append)}: the main thread gave no answer`, {
    hint: 'Recover the actor to learn whether it was kept.',
    outcome: 'unknown',
    cause,
  })
}
