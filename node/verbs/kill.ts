// kill: ends an actor's life at once.
import { actorAt } from './actor-at.ts'
import { followedBy } from './following.ts'
import { flag, path } from './parameter.ts'
import type { ActorStatus } from '../../runtime/inspect.ts'
import type { Verb } from './verb.ts'

export interface KillInput {
  readonly actor: string
  readonly forGood: boolean
}

export interface Killed {
  readonly path: string
  /** How it stands after it: `ended`, or what its supervisor made of it. */
  readonly status: ActorStatus
  readonly restarts: number
}

/** How long the supervisor may take to decide before how things stand is told, in milliseconds. */
const answerMsMax = 1_000

export const kill: Verb<KillInput, Killed> = {
  name: 'kill',
  summary: `Ends an actor's life at once, without a last word; its supervisor decides whether it gets another.`,
  details:
    'What it handles is abandoned and becomes a dead letter. The mail that waits is kept for the next life.',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: {
    actor: path('whom'),
    forGood: flag('and does not let it be started again'),
  },
  examples: ['kill clicks', 'kill clicks --for-good'],
  where: ({ actor }) => ({ in: 'home', path: actor }),
  async run(ground, { actor, forGood }, { signal }) {
    const cell = actorAt(ground, actor)
    const { path: of } = cell
    const act = (): void => (forGood ? ground.operator.killForGood(cell) : ground.operator.kill(cell))
    await followedBy(ground, {
      cell,
      kinds: ['restarted', 'backoff', 'stopped', 'killed'],
      act,
      ms: answerMsMax,
      signal,
    })
    const { status, restarts } = ground.operator.describe(cell)
    return { path: of, status, restarts }
  },
}
