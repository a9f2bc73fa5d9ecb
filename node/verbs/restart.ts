// restart: gives an actor a new life.
import { Fault } from '../../runtime/fault.ts'
import { actorAt } from './actor-at.ts'
import { followedBy } from './following.ts'
import { duration, optionOr, path } from './parameter.ts'
import { durationText } from './usage.ts'
import type { ActorStatus } from '../../runtime/inspect.ts'
import type { Verb } from './verb.ts'

export interface RestartInput {
  readonly actor: string
  readonly timeout: number
}

export interface Restarted {
  readonly path: string
  readonly status: ActorStatus
  readonly restarts: number
}

export const restart: Verb<RestartInput, Restarted> = {
  name: 'restart',
  summary: 'Gives an actor a new life with fresh state; its mail is kept.',
  details:
    'It ends its message first, then its children and its hook. One that waits for a restart gets it now.',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: {
    actor: path('whom'),
    timeout: optionOr(
      duration('how long to wait for the new life; default 10s', { min: 1, max: 86_400_000 }),
      10_000,
    ),
  },
  examples: ['restart clicks'],
  where: ({ actor }) => ({ in: 'home', path: actor }),
  async run(ground, input, { signal }) {
    const cell = actorAt(ground, input.actor)
    const { path: of } = cell
    const isBegun = await followedBy(ground, {
      cell,
      kinds: ['restarted', 'stopped', 'killed'],
      act: () => ground.operator.restart(cell),
      ms: input.timeout,
      signal,
    })
    const { status, restarts } = ground.operator.describe(cell)
    if (isBegun) return { path: of, status, restarts }
    throw new Fault(
      'restart-expired',
      `Cannot restart "${of}" within ${durationText(input.timeout)}: it is ${status}`,
      {
        hint: 'See what it does with "why"; a kill does not wait for a handler.',
        outcome: 'unknown',
      },
    )
  },
}
