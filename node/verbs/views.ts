// views: tells who has come and gone: the ends that the cluster keeps, and what this node has seen.
import { clusterOf } from './cluster-of.ts'
import { count, optionOr } from './parameter.ts'
import { decisionsMax } from '../../actors/cluster/state/decision.ts'
import { endedLine } from './ended-line.ts'
import { happeningOf } from './happening.ts'
import { inMain } from './where.ts'
import type { EndedLine } from './ended-line.ts'
import type { EventKind } from '../../runtime/event-log.ts'
import type { Happening } from './happening.ts'
import type { MainVerb } from './verb.ts'

export interface ViewsInput {
  readonly limit: number
}

export interface Views {
  readonly cluster: string
  readonly view: number
  /** The last ends, the oldest first: the same on all nodes. */
  readonly ended: readonly EndedLine[]
  /** What this node has seen lately of nodes, the oldest first. */
  readonly events: readonly Happening[]
}

/** The kinds of events that are about nodes. */
export const nodeKinds: readonly EventKind[] = [
  'node-joined',
  'node-lost',
  'node-frozen',
  'node-thawed',
  'node-expelled',
  'council-stopped',
]

const viewsDefault = 20

export const views: MainVerb<ViewsInput, Views> = {
  name: 'views',
  summary:
    'Tells who has come and gone: the last ends of members with their reasons, and what this node saw.',
  details: `The cluster keeps the last ${decisionsMax} ends with all that was known; "why NODE" tells everything of one node.`,
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: {
    limit: optionOr(
      count(`ends and events at most; default ${viewsDefault}`, { min: 1, max: 1_000 }),
      viewsDefault,
    ),
  },
  examples: ['views', 'views --limit 100'],
  where: () => inMain,
  run(node, { limit }) {
    const { facts, id } = clusterOf(node, 'views')
    const events = node.runtime.host.events.recent().filter(({ kind }) => nodeKinds.includes(kind))
    return {
      cluster: id,
      view: facts.view,
      ended: facts
        .ended()
        .slice(-limit)
        .map((ended) => endedLine(facts, ended)),
      events: [...events].slice(-limit).map((event) => happeningOf(node, event)),
    }
  },
}
