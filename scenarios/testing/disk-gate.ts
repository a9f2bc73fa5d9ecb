// The gate of a disk in memory: every operation goes through it, is counted, and may meet with a mishap that the test has ordered.
import { diskFault } from '../../runtime/disk-fault.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { DiskTrouble } from '../../runtime/disk.ts'

export type DiskVerb =
  | 'open'
  | 'make-folder'
  | 'names'
  | 'rename'
  | 'remove'
  | 'sync-folder'
  | 'lock'
  | 'release'
  | 'write'
  | 'read'
  | 'sync'
  | 'truncate'
  | 'size'
  | 'close'

export interface DiskOperation {
  readonly op: DiskVerb
  /** The first one of `rename`. */
  readonly path: string
  /** Which operation of this disk it is, from 0. */
  readonly index: number
  /** How many bytes are to be written or read; the new length of `truncate`; else 0. */
  readonly bytes: number
}

/** What befalls an operation. Of `fail`, `short` and `crash` the first one that is set counts. */
export interface DiskMishap {
  /** It fails. */
  readonly fail?: DiskTrouble
  /** Bytes that a failing write has written all the same. Default 0. */
  readonly written?: number
  /**
   * What becomes of that which a failing sync of a file should have made safe: it is seen on but no later sync makes it safe, or it is gone.
   * Default `kept`. After a failing sync of a folder a later one helps.
   */
  readonly pending?: 'kept' | 'dropped'
  /** Most bytes that a write writes. */
  readonly short?: number
  /** The machine falls while it is under way: it may have had its effect or a part of it. */
  readonly crash?: true
  /** It goes on after that. What it writes is seen meanwhile; what it makes safe is not yet. */
  readonly delay?: Promise<unknown>
}

/** Asked before every operation; undefined lets it go. */
export type DiskHook = (operation: DiskOperation) => DiskMishap | undefined

/** One operation: `begin` has what effect it has at once and returns the rest, which happens when it is done. */
export interface Attempt<T> {
  readonly op: DiskVerb
  readonly path: string
  readonly bytes?: number
  readonly begin: (mishap: DiskMishap) => () => T
  /** What happens although it fails. */
  readonly fail?: (mishap: DiskMishap) => void
}

const noMishap: DiskMishap = {}

/**
 * Operations are done one turn of the clock after they were asked for, in order, without a clock in a microtask; so a run can be repeated.
 */
export class DiskGate {
  readonly #clock: Clock | undefined
  readonly #counts = new Map<DiskVerb, number>()
  hook: DiskHook | undefined
  #next = 0
  #isHalted = false

  constructor(clock: Clock | undefined, hook: DiskHook | undefined) {
    this.#clock = clock
    this.hook = hook
  }

  get clock(): Clock | undefined {
    return this.#clock
  }

  get isHalted(): boolean {
    return this.#isHalted
  }

  /** How many operations there were, of one kind or all together, those that failed too. */
  count(op?: DiskVerb): number {
    return op === undefined ? this.#next : (this.#counts.get(op) ?? 0)
  }

  /** Nothing is done any more, also not what is under way. */
  halt(): void {
    this.#isHalted = true
  }

  async pass<T>(attempt: Attempt<T>): Promise<T> {
    if (this.#isHalted) throw halted(attempt)
    const mishap = this.#mishapOf(attempt)
    if (mishap.fail !== undefined) return this.#fail(attempt, mishap, mishap.fail)
    const end = attempt.begin(mishap)
    if (mishap.crash === true) this.halt()
    await this.#turn(mishap)
    if (this.#isHalted) throw halted(attempt)
    return end()
  }

  async #fail(attempt: Attempt<unknown>, mishap: DiskMishap, trouble: DiskTrouble): Promise<never> {
    attempt.fail?.(mishap)
    await this.#turn(mishap)
    if (this.#isHalted) throw halted(attempt)
    throw diskFault(attempt.op, attempt.path, trouble, {
      outcome: attempt.op === 'sync' ? 'unknown' : 'known',
    })
  }

  #mishapOf({ op, path, bytes = 0 }: Attempt<unknown>): DiskMishap {
    const index = this.#next++
    this.#counts.set(op, this.count(op) + 1)
    return this.hook?.({ op, path, index, bytes }) ?? noMishap
  }

  async #turn({ delay }: DiskMishap): Promise<void> {
    if (delay !== undefined) await delay
    const clock = this.#clock
    if (clock !== undefined) await new Promise<void>((resolve) => clock.later(resolve))
  }
}

function halted({ op, path }: Attempt<unknown>): Error {
  return diskFault(op, path, 'other', { reason: 'the machine has fallen', outcome: 'unknown' })
}
