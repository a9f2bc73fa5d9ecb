// Proposals: commands of this node for the cluster's state, through the council and back as answers.
import { decodeAnswer, encodeCommand } from '../../actors/cluster/state/command-codec.ts'
import { Fault } from '../../runtime/fault.ts'
import { refusalFault } from './refusal-fault.ts'
import type { Council } from '../../actors/cluster/council/council.ts'
import type { Answer } from '../../actors/cluster/state/answer.ts'
import type { Command } from '../../actors/cluster/state/command.ts'

export class Proposals {
  readonly #council: () => Council

  constructor(council: () => Council) {
    this.#council = council
  }

  /** @throws {Fault} `council-unreachable` `council-full` `council-stopped`; refusals are answers */
  async propose(command: Command): Promise<Answer> {
    const { answer, isAnswerLost } = await this.#council().propose(encodeCommand(command))
    if (!isAnswerLost) return decodeAnswer(answer)
    throw new Fault(
      'council-unreachable',
      `Cannot learn what became of "${command.type}": its answer was lost`,
      {
        hint: 'Look with "cluster" how things stand; try again if it did not happen.',
        outcome: 'unknown',
      },
    )
  }

  /** The same, for whom a refusal is a fault. */
  async order(command: Command): Promise<Answer> {
    const answer = await this.propose(command)
    if (answer.type !== 'refused') return answer
    const { code, why } = answer
    const hint = 'See "nodes" and "homes" for how things stand.'
    throw refusalFault(`Cannot do "${command.type}"`, code, { why, hint })
  }
}
