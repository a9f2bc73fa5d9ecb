// resume: lets a suspended actor handle its mail again.
import { actorAt } from './actor-at.ts'
import { path } from './parameter.ts'
import type { ActorStatus } from '../../runtime/inspect.ts'
import type { Verb } from './verb.ts'

export interface ResumeInput {
  readonly actor: string
}

export interface Resumed {
  readonly path: string
  readonly status: ActorStatus
  readonly waiting: number
  /** False if it was so before. */
  readonly isNew: boolean
}

export const resume: Verb<ResumeInput, Resumed> = {
  name: 'resume',
  summary: `Lets a suspended actor handle its mail again.`,
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: { actor: path('whom') },
  examples: ['resume clicks'],
  where: ({ actor }) => ({ in: 'home', path: actor }),
  run(ground, { actor }) {
    const cell = actorAt(ground, actor)
    const isNew = ground.operator.resume(cell)
    const { path: of, status, waiting } = ground.operator.describe(cell)
    return { path: of, status, waiting, isNew }
  },
}
