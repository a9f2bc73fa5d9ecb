// ls: lists actors.
import { actorsUnder } from './actor-at.ts'
import { acrossNodes, choice, count, definition, option, optional, optionOr, path } from './parameter.ts'
import { listedDefault, listedMax, Scan } from './scan.ts'
import { locatedAt, placedAt } from './spot.ts'
import { homeOrAll } from './where.ts'
import type { ActorStatus, ActorView } from '../../runtime/inspect.ts'
import type { NodePart, Part, Placed } from './spot.ts'
import type { Verb } from './verb.ts'

export interface LsInput {
  readonly path: string | undefined
  readonly definition: string | undefined
  readonly status: ActorStatus | undefined
  readonly limit: number
  readonly node: string | undefined
}

export interface Listed {
  readonly actors: readonly (ActorView & Placed)[]
  /** All that live, or all that the walk found where it was narrowed. */
  readonly total: number
}

const statuses: readonly ActorStatus[] = ['running', 'starting', 'busy', 'suspended', 'stopping', 'failed']

export const ls: Verb<LsInput, Listed> = {
  name: 'ls',
  summary: 'Lists actors, parents before their children.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {
    path: optional(path('this actor and all below it')),
    definition: option(definition('only actors of this definition')),
    status: option(choice('only actors in this status', statuses)),
    limit: optionOr(
      count(`lines at most; default ${listedDefault}`, { min: 1, max: listedMax }),
      listedDefault,
    ),
    node: acrossNodes('all'),
  },
  examples: ['ls', 'ls bank --status failed', 'ls --definition counter --limit 1000'],
  where: ({ path: top, limit }) => homeOrAll(top, (parts) => mergeListed(parts, limit)),
  across: {
    unasked: ({ path: top }) => (top === undefined ? 'all' : 'own'),
    merge: (parts, { limit }) => listedOfNodes(parts, limit),
  },
  run(ground, { path: top, definition: name, status, limit }) {
    if (name !== undefined) ground.definitions.get(name)
    const actors: ActorView[] = []
    const isNarrowed = top !== undefined || name !== undefined || status !== undefined
    const scan = new Scan('ls')
    let total = 0
    for (const cell of actorsUnder(ground, top)) {
      // Without a filter the node knows how many there are: nobody has to count.
      if (!isNarrowed && actors.length === limit) break
      scan.step()
      if (name !== undefined && cell.definition.name !== name) continue
      const view = actors.length < limit || status !== undefined ? ground.operator.describe(cell) : undefined
      if (status !== undefined && view?.status !== status) continue
      total++
      if (view !== undefined && actors.length < limit) actors.push(view)
    }
    return { actors, total: isNarrowed ? total : ground.runtime.host.totals.actors }
  },
}

function listedOfNodes(parts: readonly NodePart<Listed>[], limit: number): Listed {
  const actors = parts.flatMap(({ data, node }) => data.actors.map((actor) => locatedAt(actor, node)))
  return { actors: actors.slice(0, limit), total: parts.reduce((sum, { data }) => sum + data.total, 0) }
}

/** Lists those of the main thread first, each thread's own in their order. */
export function mergeListed(parts: readonly Part<Listed>[], limit: number): Listed {
  const actors = parts.flatMap(({ data, ...spot }) => data.actors.map((actor) => placedAt(actor, spot)))
  return { actors: actors.slice(0, limit), total: parts.reduce((sum, { data }) => sum + data.total, 0) }
}
