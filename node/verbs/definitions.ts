// definitions: lists what can be spawned.
import { acrossNodes, definition, optional } from './parameter.ts'
import { locatedAt } from './spot.ts'
import { inMain } from './where.ts'
import type { LoadedDefinition } from '../definitions.ts'
import type { Located } from './spot.ts'
import type { MainVerb } from './verb.ts'

export interface DefinitionsInput {
  readonly definition: string | undefined
  readonly node: string | undefined
}

export interface Kind extends Located {
  readonly name: string
  readonly version: number
  readonly messages: readonly string[]
  readonly behaviours: readonly string[]
  /** Messages whose payload is checked when it comes from outside. */
  readonly accepts: readonly string[]
  /** The file it came from, as a URL. */
  readonly source: string
}

export interface Kinds {
  readonly definitions: readonly Kind[]
}

export const definitions: MainVerb<DefinitionsInput, Kinds> = {
  name: 'definitions',
  summary: 'Lists what can be spawned, with its messages.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: { definition: optional(definition('only this one')), node: acrossNodes('this one') },
  examples: ['definitions', 'definitions counter'],
  where: () => inMain,
  across: {
    unasked: () => 'own',
    merge: (parts) => ({
      definitions: parts.flatMap(({ data, node }) => data.definitions.map((kind) => locatedAt(kind, node))),
    }),
  },
  run(ground, { definition: name }) {
    if (name !== undefined) ground.definitions.get(name)
    const loaded = ground.definitions
      .list()
      .filter((one) => name === undefined || one.definition.name === name)
    return { definitions: loaded.map(kindOf) }
  },
}

function kindOf({ definition: of, source }: LoadedDefinition): Kind {
  return {
    name: of.name,
    version: of.version,
    messages: of.messages(),
    behaviours: [...of.behaviours.keys()],
    accepts: Object.keys(of.spec.accepts ?? {}),
    source,
  }
}
