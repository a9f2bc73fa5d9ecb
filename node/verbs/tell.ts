// tell: sends a message and does not wait for what comes of it.
import { accepted } from './accepts.ts'
import { receiverAt } from './actor-at.ts'
import { message, path, payload } from './parameter.ts'
import type { Verb } from './verb.ts'

export interface TellInput {
  readonly actor: string
  readonly message: string
  readonly payload: unknown
}

export interface Told {
  readonly path: string
  readonly message: string
  /** Messages in its mailbox, this one included unless it is being handled already. */
  readonly waiting: number
}

export const tell: Verb<TellInput, Told> = {
  name: 'tell',
  summary: 'Sends a message and does not wait for what comes of it.',
  details: 'What its handler throws is seen with "why" and "dead".',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: {
    actor: path('whom'),
    message: message('which of its messages'),
    payload: payload('what goes with it: a JSON5 literal up to the end of the line'),
  },
  examples: [
    'tell clicks increment 3',
    'tell clicks crash',
    'tell bank/ada deposit {amount: 5, note: "thanks"}',
  ],
  where: ({ actor }) => ({ in: 'home', path: actor, wakes: true }),
  async run(ground, input, { signal }) {
    const { definition } = receiverAt(ground, input.actor)
    const value = await accepted({ ...input, definition }, signal)
    // A schema may take its time: the actor may have gone, or another one have come.
    const cell = receiverAt(ground, input.actor)
    ground.operator.tell(cell, input.message, value)
    return { path: cell.path, message: input.message, waiting: cell.waiting }
  },
}
