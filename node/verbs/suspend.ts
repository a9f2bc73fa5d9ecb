// suspend: lets an actor's mail wait until it is resumed.
import { actorAt } from './actor-at.ts'
import { path } from './parameter.ts'
import type { ActorStatus } from '../../runtime/inspect.ts'
import type { Verb } from './verb.ts'

export interface SuspendInput {
  readonly actor: string
}

export interface Suspended {
  readonly path: string
  readonly status: ActorStatus
  readonly waiting: number
  /** False if it was so before. */
  readonly isNew: boolean
}

export const suspend: Verb<SuspendInput, Suspended> = {
  name: 'suspend',
  summary: `Lets an actor's mail wait until it is resumed.`,
  details: 'A handler that runs goes on to its end.',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: { actor: path('whom') },
  examples: ['suspend clicks'],
  where: ({ actor }) => ({ in: 'home', path: actor }),
  run(ground, { actor }) {
    const cell = actorAt(ground, actor)
    const isNew = ground.operator.suspend(cell)
    const { path: of, status, waiting } = ground.operator.describe(cell)
    return { path: of, status, waiting, isNew }
  },
}
