// spawn: starts an actor.
import { choice, definition, duration, option, optional, path, payloads, text } from './parameter.ts'
import { placeFrom } from './spawn-place.ts'
import { placedAt } from './spot.ts'
import { unlessAborted } from './within.ts'
import { inMain } from './where.ts'
import type { RestartType } from '../../runtime/supervision.ts'
import type { Placed } from './spot.ts'
import type { MainVerb } from './verb.ts'

export interface SpawnInput {
  readonly definition: string
  readonly path: string | undefined
  readonly arg: readonly unknown[]
  readonly restart: RestartType | undefined
  readonly shutdown: number | undefined
  readonly place: string | undefined
}

export interface Spawned extends Placed {
  readonly path: string
  readonly definition: string
}

/** Stands for "give it a name" where arguments follow. */
const noPath = '-'
const restartTypes: readonly RestartType[] = ['permanent', 'transient', 'temporary']

export const spawn: MainVerb<SpawnInput, Spawned> = {
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
    place: option(
      text(
        'where it lives: auto, main, dedicated, or the number of a thread; default auto, where most room is',
      ),
    ),
  },
  examples: [
    'spawn counter clicks',
    `spawn greeter hi 'Good day'`,
    'spawn counter - --restart permanent',
    'spawn counter clicks --place 2',
  ],
  where: () => inMain,
  async run(node, input, { signal }) {
    const found = node.definitions.get(input.definition)
    const name = input.path === noPath ? undefined : input.path
    const options = {
      ...(name === undefined ? {} : { name }),
      ...(input.restart === undefined ? {} : { restart: input.restart }),
      ...(input.shutdown === undefined ? {} : { shutdownMs: input.shutdown }),
      ...(input.place === undefined ? {} : { place: placeFrom(input.place) }),
    }
    const ref = await unlessAborted(signal, node.spawnRoot({ definition: found, options, args: input.arg }))
    const spawned = { path: ref.path, definition: found.name }
    const { fleet } = node
    const home = fleet?.office.homes.get(ref.path)
    if (fleet === undefined || home === undefined) return spawned
    return placedAt(spawned, { slot: fleet.slotOf(home.thread), id: home.thread })
  },
}
