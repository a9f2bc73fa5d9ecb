// definitions: lists what can be spawned.
import { optional, definition } from './parameter.ts'
import type { LoadedDefinition } from '../definitions.ts'
import type { Verb } from './verb.ts'

export interface DefinitionsInput {
  readonly definition: string | undefined
}

export interface Kind {
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

export const definitions: Verb<DefinitionsInput, Kinds> = {
  name: 'definitions',
  summary: 'Lists what can be spawned, with its messages.',
  risk: 'low',
  role: 'view',
  answers: 'once',
  parameters: { definition: optional(definition('only this one')) },
  examples: ['definitions', 'definitions counter'],
  run(node, { definition: name }) {
    if (name !== undefined) node.definitions.get(name)
    const loaded = node.definitions.list().filter((one) => name === undefined || one.definition.name === name)
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
