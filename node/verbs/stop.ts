// stop: ends an actor kindly and for good.
import { Fault } from '../../runtime/fault.ts'
import { actorAt } from './actor-at.ts'
import { duration, optionOr, path } from './parameter.ts'
import { durationText } from './usage.ts'
import { expired, within } from './within.ts'
import type { Exit } from '../../runtime/exit.ts'
import type { Verb } from './verb.ts'

export interface StopInput {
  readonly actor: string
  readonly timeout: number
}

export interface Stopped {
  readonly path: string
  readonly exit: Exit
}

export const stop: Verb<StopInput, Stopped> = {
  name: 'stop',
  summary: 'Ends an actor for good, after its mail and its children, and tells how it ended.',
  details:
    'What takes longer than its shutdown time is killed; that time is its own, --timeout only ends the waiting.',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: {
    actor: path('whom'),
    timeout: optionOr(
      duration('how long to wait for the end; default 10s', { min: 1, max: 86_400_000 }),
      10_000,
    ),
  },
  examples: ['stop clicks'],
  where: ({ actor }) => ({ in: 'home', path: actor }),
  async run(ground, input, { signal }) {
    const cell = actorAt(ground, input.actor)
    const { path: of } = cell
    const exit = await within(
      ground.runtime.host.clock,
      { ms: input.timeout, signal },
      ground.operator.stop(cell),
    )
    if (exit !== expired) return { path: of, exit }
    throw new Fault(
      'stop-expired',
      `Cannot see the end of "${of}": it still stops after ${durationText(input.timeout)}`,
      {
        hint: 'See what it does with "why"; end it at once with "kill".',
        outcome: 'unknown',
      },
    )
  },
}
