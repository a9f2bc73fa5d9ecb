// A scan: a bounded walk over many actors, for verbs that list or sort them.
import { Fault } from '../../runtime/fault.ts'

/** Actors that one command looks at: about 50 ms in which nothing else runs. */
export const scannedActorsMax = 200_000
/** Lines of a list unless asked otherwise. */
export const listedDefault = 100
/** Lines that can be asked for. */
export const listedMax = 10_000

/** Counts what a walk has looked at, and ends it where that is too much. */
export class Scan {
  readonly #verb: string
  #count = 0

  constructor(verb: string) {
    this.#verb = verb
  }

  get count(): number {
    return this.#count
  }

  /** @throws {Fault} `scan-too-wide` */
  step(): void {
    this.#count++
    if (this.#count <= scannedActorsMax) return
    throw new Fault(
      'scan-too-wide',
      `Cannot run "${this.#verb}": more than ${scannedActorsMax} actors would have to be looked at`,
      {
        hint: 'Narrow it with a path, or leave filter and order out.',
      },
    )
  }
}
