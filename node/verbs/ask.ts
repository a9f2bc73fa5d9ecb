// ask: sends a message and waits for the reply.
import { accepted } from './accepts.ts'
import { actorUnknown, receiverAt } from './actor-at.ts'
import { duration, message, optionOr, path, payload } from './parameter.ts'
import { unlessAborted } from './within.ts'
import type { Plain } from '../plain.ts'
import type { Verb } from './verb.ts'

export interface AskInput {
  readonly actor: string
  readonly message: string
  readonly payload: unknown
  readonly timeout: number
}

export interface Asked {
  readonly path: string
  readonly message: string
  /** Left out if the handler returned nothing. */
  readonly reply?: Plain
  readonly tookMs: number
}

export const ask: Verb<AskInput, Asked> = {
  name: 'ask',
  summary: 'Sends a message and waits for the reply.',
  details: 'If the time is over the outcome is unknown: the message may still be handled.',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: {
    actor: path('whom'),
    message: message('which of its messages'),
    payload: payload('what goes with it: a JSON5 literal up to the end of the line'),
    timeout: optionOr(duration('how long to wait; default 5s', { min: 1, max: 2_147_483_647 }), 5_000),
  },
  examples: ['ask clicks value', `ask hi greet 'Ada'`, 'ask clicks value --timeout 200ms'],
  where: ({ actor }) => ({ in: 'home', path: actor, wakes: true }),
  async run(ground, input, { signal }) {
    const { definition } = receiverAt(ground, input.actor)
    const value = await accepted({ ...input, definition }, signal)
    const ref = ground.runtime.find(input.actor)
    if (ref === undefined) throw actorUnknown(ground, input.actor)
    const { clock } = ground.runtime.host
    const startMs = clock.now()
    const reply = await unlessAborted(signal, ref.ask(input.message, value, { timeoutMs: input.timeout }))
    const tookMs = Math.round((clock.now() - startMs) * 1_000) / 1_000
    const shown = ground.operator.plain(reply, 'whole')
    return {
      path: ref.path,
      message: input.message,
      ...(shown === undefined ? {} : { reply: shown }),
      tookMs,
    }
  },
}
