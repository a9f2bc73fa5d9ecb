// A duty: what stands behind a message that is written down as handled in the record of its own handler, and sent again until then.
import { Fault } from '../fault.ts'
import type { Cell } from '../cell.ts'
import type { DutyOf, Origin, Outcome } from '../envelope.ts'
import type { Directive } from '../supervision.ts'
import type { DurableLife, Staged } from './durable-life.ts'

/** How often such a message is tried unless the definition says it. */
export const dutyTriesDefault = 3
/** Messages whose tries one actor remembers; the one that failed longest ago is forgotten. */
export const dutiesTriedMax = 1_000

/** How a message is written down as handled. */
export interface Mark {
  /** Among the tries of its receiver. */
  readonly key: string
  /** Says so in the next record of a durable actor. */
  stage(staged: Staged): void
  /** Says so of an actor that forgets. */
  keep(): void
  readonly isKept: boolean
  /** It is over: handled, or given up. */
  done(): void
  /** It is not over: whoever sent it sends it again. */
  failed(): void
}

/** How often each message was tried that is not over; kept over the lives of its actor. */
export type Tries = Map<string, number>

export class Duty implements Origin, DutyOf {
  readonly isAsk = false
  readonly wanted = true
  readonly cause = undefined
  readonly #cell: Cell
  readonly #mark: Mark
  readonly #tries: Tries
  readonly #life: number
  readonly #durable: DurableLife | undefined
  /** It is marked although its handler has failed each time. */
  #isGivenUp = false
  #isCounted = false

  constructor(cell: Cell, mark: Mark, tries: Tries) {
    this.#cell = cell
    this.#mark = mark
    this.#tries = tries
    this.#life = cell.life
    this.#durable = cell.rareIfAny?.durable
    this.stage()
  }

  get duty(): DutyOf {
    return this
  }

  get isSentAgain(): boolean {
    return !this.#mark.isKept
  }

  get isPoisoned(): boolean {
    return this.#isGivenUp
  }

  stage(): void {
    if (this.#durable !== undefined) this.#mark.stage(this.#durable.stage())
  }

  async ends(outcome: Outcome): Promise<unknown> {
    const durable = this.#durable
    const cell = this.#cell
    await durable?.settle('error' in outcome)
    if (!('error' in outcome)) return outcome.reply
    const { error } = outcome
    if (durable === undefined || cell.life !== this.#life) throw error
    if (this.#isOverAfter(error, cell.host.supervision.directive(cell, error))) {
      this.stage()
      await durable.settle(false)
    }
    throw error
  }

  failed(error: unknown, directive: Directive): void {
    if (this.#durable === undefined && this.#isOverAfter(error, directive)) this.#mark.keep()
  }

  settle(): void {
    if (this.#durable === undefined) this.#mark.keep()
    this.#end()
  }

  refuse(): void {
    this.#end()
  }

  #end(): void {
    if (!this.#mark.isKept) {
      this.#mark.failed()
      return
    }
    this.#tries.delete(this.#mark.key)
    this.#mark.done()
  }

  /** An expected failure is an answer; any other is tried again, as long as that has sense. */
  #isOverAfter(error: unknown, directive: Directive): boolean {
    if (this.#mark.isKept || this.#isCounted) return false
    this.#isCounted = true
    if (isOfJournal(error)) return false
    if (directive === 'resume') return true
    const tries = this.#countTry(this.#mark.key)
    this.#isGivenUp = tries >= (this.#cell.definition.spec.triesMax ?? dutyTriesDefault)
    return this.#isGivenUp
  }

  #countTry(key: string): number {
    const tries = (this.#tries.get(key) ?? 0) + 1
    // The last to be forgotten.
    this.#tries.delete(key)
    this.#tries.set(key, tries)
    const [oldest] = this.#tries.keys()
    if (this.#tries.size > dutiesTriedMax && oldest !== undefined) this.#tries.delete(oldest)
    return tries
  }
}

/** Says nothing of the message. */
function isOfJournal(error: unknown): boolean {
  return Fault.is(error) && error.code.startsWith('journal-')
}
