// A registrar: claims names for this node in the council and gives them back, many in one command.
import { Fault } from '../../runtime/fault.ts'
import { nameTaken } from '../threads/homes.ts'
import { claimsThatFit } from '../../actors/cluster/state/command-codec.ts'
import { refusalFault } from './refusal-fault.ts'
import { batchMax } from '../../actors/cluster/state/command.ts'
import type { Answer, ClaimResult } from '../../actors/cluster/state/answer.ts'
import type { Claim, Command, HomeMark } from '../../actors/cluster/state/command.ts'
import type { Clock } from '../../runtime/clock.ts'

/** Commands of one kind that are under way at once. */
export const batchesUnderWayMax = 4
/** Claims that wait for their turn. */
export const claimsWaitingMax = 100_000
/** Between two tries to give names back while the council does not answer. */
export const releaseRetryMs = 1_000

export interface RegistrarParts {
  readonly clock: Clock
  /** This node's number; 0 while it is no member. */
  member(): number
  propose(command: Command): Promise<Answer>
}

interface Wanted {
  readonly claim: Claim
  readonly done: PromiseWithResolvers<number>
}

export class Registrar {
  readonly #parts: RegistrarParts
  readonly #wanted: Wanted[] = []
  #underWay = 0
  #isDue = false
  readonly #released: HomeMark[] = []
  readonly #settled: HomeMark[] = []
  #isTelling = false
  #isClosed = false

  constructor(parts: RegistrarParts) {
    this.#parts = parts
  }

  /**
   * @returns the epoch of the home
   * @throws {Fault} `name-taken` `place-split` `member-draining` `council-unreachable`
   */
  claim(claim: Claim): Promise<number> {
    if (this.#wanted.length >= claimsWaitingMax) throw claimsFull(claim.top)
    const done = Promise.withResolvers<number>()
    this.#wanted.push({ claim, done })
    this.#soon()
    return done.promise
  }

  /** A root of this node has ended. */
  release(home: HomeMark): void {
    this.#released.push(home)
    this.#soon()
  }

  /** A root that was taken over runs. */
  settle(home: HomeMark): void {
    this.#settled.push(home)
    this.#soon()
  }

  close(): void {
    this.#isClosed = true
  }

  #soon(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#parts.clock.soon(() => {
      this.#isDue = false
      this.#claimAll()
      void this.#tellAll()
    })
  }

  #claimAll(): void {
    while (this.#wanted.length > 0 && this.#underWay < batchesUnderWayMax) {
      this.#underWay++
      void this.#claimSome(this.#wanted.splice(0, this.#fitting()))
    }
  }

  /** How many of those that wait go into one command. */
  #fitting(): number {
    return Math.max(1, claimsThatFit(this.#wanted.slice(0, batchMax).map(({ claim }) => claim)))
  }

  async #claimSome(wanted: readonly Wanted[]): Promise<void> {
    try {
      const claims = wanted.map(({ claim }) => claim)
      const answer = await this.#parts.propose({ type: 'claim', member: this.#parts.member(), claims })
      for (const [index, { claim, done }] of wanted.entries()) {
        const result = answer.type === 'claims' ? answer.results[index] : answer
        if (result?.type === 'claimed') done.resolve(result.epoch)
        else done.reject(refusal(claim, result))
      }
    } catch (fault) {
      for (const { done } of wanted) done.reject(fault)
    } finally {
      this.#underWay--
      if (this.#wanted.length > 0) this.#soon()
    }
  }

  /** Gives names back and says what has settled; tried again until it is known, because nobody else does it. */
  async #tellAll(): Promise<void> {
    if (this.#isTelling) return
    this.#isTelling = true
    while (this.#released.length + this.#settled.length > 0 && !this.#isClosed) {
      const isSettle = this.#settled.length > 0
      const homes = (isSettle ? this.#settled : this.#released).slice(0, batchMax)
      try {
        await this.#parts.propose({
          type: isSettle ? 'settle' : 'release',
          member: this.#parts.member(),
          homes,
        })
        if (isSettle) this.#settled.splice(0, homes.length)
        else this.#released.splice(0, homes.length)
      } catch {
        await this.#pause()
      }
    }
    this.#isTelling = false
  }

  #pause(): Promise<void> {
    const { clock } = this.#parts
    return new Promise((resolve) => clock.alarm(clock.now() + releaseRetryMs, resolve))
  }
}

function refusal({ top }: Claim, result: ClaimResult | Answer | undefined): Fault {
  if (result?.type === 'taken') return nameTaken(top)
  if (result?.type !== 'refused')
    return new Fault(
      'council-unreachable',
      `Cannot claim "${top}": the council gave no answer that says whose it is`,
      {
        hint: 'Try again: whoever has the name now is told.',
        outcome: 'unknown',
      },
    )
  const { code, why, home } = result
  const hint = 'See "homes" for who has which name, and "nodes" for who may have more.'
  return refusalFault(`Cannot claim "${top}"`, code, { why, hint, home })
}

function claimsFull(top: string): Fault {
  return new Fault('homes-full', `Cannot claim "${top}": ${claimsWaitingMax} claims wait already`, {
    hint: 'Spawn fewer roots at once.',
  })
}
