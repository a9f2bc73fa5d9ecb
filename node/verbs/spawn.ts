// spawn: starts an actor.
import {
  choice,
  definition,
  duration,
  flag,
  nodeName,
  option,
  optional,
  path,
  payloads,
  text,
} from './parameter.ts'
import { nodeOf, placeOf } from './spawn-place.ts'
import { placedAt } from './spot.ts'
import { spotOf } from './actor-home.ts'
import { unlessAborted } from './within.ts'
import { inMain } from './where.ts'
import type { MemberKind } from '../../actors/cluster/state/member.ts'
import type { OnLoss } from '../../actors/cluster/state/home.ts'
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
  readonly node: string | undefined
  readonly anywhere: boolean
  readonly label: string | undefined
  readonly kind: MemberKind | undefined
  readonly near: string | undefined
  readonly onNodeLoss: OnLoss | undefined
}

export interface Spawned extends Placed {
  readonly path: string
  readonly definition: string
}

/** Stands for "give it a name" where arguments follow. */
const noPath = '-'
const memberKinds: readonly MemberKind[] = ['initial', 'trusted', 'local', 'proxy']
const losses: readonly OnLoss[] = ['rehome', 'wait', 'stop']
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
    node: option(nodeName('in which node of the cluster; default this one')),
    anywhere: flag('in the node with most room'),
    label: option(text('in a node that has this label')),
    kind: option(choice('in a node of this kind', memberKinds)),
    near: option(path('in the node in which this actor lives')),
    onNodeLoss: option(choice('what becomes of it when its node is lost; default by what it is', losses)),
  },
  examples: [
    'spawn counter clicks',
    `spawn greeter hi 'Good day'`,
    'spawn counter - --restart permanent',
    'spawn counter clicks --place 2',
    'spawn counter clicks --node b --on-node-loss rehome',
  ],
  where: () => inMain,
  async run(node, input, { signal }) {
    const found = node.definitions.get(input.definition)
    const name = input.path === noPath ? undefined : input.path
    const options = {
      ...(name === undefined ? {} : { name }),
      ...(input.restart === undefined ? {} : { restart: input.restart }),
      ...(input.shutdown === undefined ? {} : { shutdownMs: input.shutdown }),
      ...placeOf(node, input),
    }
    const ref = await unlessAborted(signal, node.spawnRoot({ definition: found, options, args: input.arg }))
    const spawned = { path: ref.path, definition: found.name, ...(await nodeOf(node, ref.path, signal)) }
    const { fleet } = node
    const home = fleet?.office.homes.get(ref.path)
    if (fleet === undefined || home === undefined) return spawned
    return placedAt(spawned, spotOf(fleet, home))
  },
}
