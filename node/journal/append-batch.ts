// An append batch: records of many actors that are appended together and waited for together.
import type { Fault } from '../../runtime/fault.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Append, Journal } from '../../runtime/journal.ts'

/** Records of one batch: few enough to wait for, many enough that the disk is asked seldom. */
export const batchRecordsMax = 1_024
/** Bytes of the bodies in one batch; the last record may go beyond. */
export const batchBytesMax = 8_388_608

/** How long a journal that is busy is left alone, in milliseconds, and how often in a row without any record being taken: ten seconds. */
const pauseMs = 10
const pausesMax = 1_000

export class AppendBatch {
  readonly #journal: Journal
  readonly #clock: Clock
  #appends: Append[] = []
  readonly #ids = new Set<string>()
  #bytes = 0

  constructor(journal: Journal, clock: Clock) {
    this.#journal = journal
    this.#clock = clock
  }

  get isFull(): boolean {
    return this.#appends.length >= batchRecordsMax || this.#bytes >= batchBytesMax
  }

  /** Whether a record of that actor waits in it. */
  has(id: string): boolean {
    return this.#ids.has(id)
  }

  add(append: Append): void {
    this.#appends.push(append)
    this.#ids.add(append.id)
    this.#bytes += append.body.byteLength
  }

  /** Waits until all of them are safe; what the journal has no room for now is tried again. @throws {Fault} the first of any other kind */
  async flush(): Promise<void> {
    let left = this.#appends
    this.#appends = []
    this.#bytes = 0
    this.#ids.clear()
    for (let pauses = 0; left.length > 0; pauses++) {
      const faults = await this.#appendAll(left)
      const refused = left.filter((append) => faults.has(append))
      const [first] = refused
      const fault = first === undefined ? undefined : faults.get(first)
      if (fault === undefined) return
      // It means: later. What stood behind such a record of the same actor is refused as a conflict.
      if (fault.code !== 'journal-busy' || pauses === pausesMax) throw fault
      if (refused.length < left.length) pauses = 0
      left = refused
      await this.#pause()
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.alarm(this.#clock.now() + pauseMs, resolve)
    })
  }

  /** Those that were refused, and why. */
  async #appendAll(appends: readonly Append[]): Promise<Map<Append, Fault>> {
    const faults = new Map<Append, Fault>()
    const ends = appends.map(
      (append) =>
        new Promise<void>((resolve) => {
          this.#journal.append(append, (fault) => {
            if (fault !== undefined) faults.set(append, fault)
            resolve()
          })
        }),
    )
    await Promise.all(ends)
    return faults
  }
}
