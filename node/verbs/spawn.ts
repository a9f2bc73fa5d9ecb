// spawn: starts an actor.
import { choice, definition, duration, option, optional, path, payloads } from './parameter.ts'
import { unlessAborted } from './within.ts'
import type { RestartType } from '../../runtime/supervision.ts'
import type { Verb } from './verb.ts'

export interface SpawnInput {
  readonly definition: string
  readonly path: string | undefined
  readonly arg: readonly unknown[]
  readonly restart: RestartType | undefined
  readonly shutdown: number | undefined
}

export interface Spawned {
  readonly path: string
  readonly definition: string
}

/** Stands for "give it a name" where arguments follow. */
const noPath = '-'
const restartTypes: readonly RestartType[] = ['permanent', 'transient', 'temporary']

export const spawn: Verb<SpawnInput, Spawned> = {
  name: 'spawn',
  summary: 'Starts an actor and waits until its start has ended.',
  details:
    'Without a path, or with "-", it is given a name. The arguments go to the state factory of its definition.',
  risk: 'high',
  role: 'operate',
  answers: 'once',
  parameters: {
    definition: definition('what to start; see "definitions"'),
    path: optional(path('its name: segments joined by "/"')),
    arg: payloads('arguments for its state, each a literal'),
    restart: option(choice('when it is started again after its end; default transient', restartTypes)),
    shutdown: option(
      duration('how long a kind stop may take before it becomes a kill', { min: 0, max: 2_147_483_647 }),
    ),
  },
  examples: ['spawn counter clicks', `spawn greeter hi 'Good day'`, 'spawn counter - --restart permanent'],
  async run(node, input, { signal }) {
    const found = node.definitions.get(input.definition)
    const name = input.path === noPath ? undefined : input.path
    const options = {
      ...(name === undefined ? {} : { name }),
      ...(input.restart === undefined ? {} : { restart: input.restart }),
      ...(input.shutdown === undefined ? {} : { shutdownMs: input.shutdown }),
    }
    const ref = await unlessAborted(
      signal,
      node.runtime.spawn({ definition: found, options, args: input.arg }),
    )
    return { path: ref.path, definition: found.name }
  },
}
