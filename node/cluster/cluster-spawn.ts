// A spawn in a cluster: in which node a root goes to live, and how it is started there.
import { Fault } from '../../runtime/fault.ts'
import { readPlace } from '../threads/place.ts'
import { checkPath } from '../../runtime/path.ts'
import { placeOn, placeOnFacts } from '../../actors/cluster/placement/place-on.ts'
import { readClusterPlace } from './cluster-place.ts'
import { spawnSingleton } from './singleton-spawn.ts'
import { refAt } from '../../runtime/ref.ts'
import type { ActorDefinition } from '../../runtime/definition.ts'
import type { LocalRef } from '../../runtime/ref.ts'
import type { ChildOptions } from '../../runtime/supervision.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { ClusterWish } from '../../actors/cluster/placement/place-on.ts'
import type { OnLoss } from '../../actors/cluster/state/home.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { SpawnWish } from './node-desk.ts'

/** A root that is wanted somewhere in the cluster. */
export interface ClusterRequest {
  readonly definition: ActorDefinition
  /** As it was given: looked at here. */
  readonly place: unknown
  readonly onNodeLoss: OnLoss | undefined
  /** Whether whoever spawns it where it is already is given the one that is there. */
  readonly isSingleton?: boolean | undefined
  readonly options: ChildOptions & { readonly name?: string | undefined }
  readonly args: readonly unknown[]
}

export interface ClusterSpawnParts {
  readonly fleet: Fleet
  facts(): ClusterFacts
  member(): number
  isDraining(): boolean
  catchUp(run: () => void): void
  /** Says in which node an actor lives, by its number; undefined where nobody has it. */
  ownerOf(path: string): number | undefined
  /** Has another node start a root. @returns its path @throws {Fault} `node-lost` and those of a spawn */
  spawnAt(member: number, wish: SpawnWish): Promise<string>
}

const losses: ReadonlySet<unknown> = new Set<OnLoss>(['rehome', 'wait', 'stop'])

/**
 * Starts a root in this node or in another.
 * @throws {Fault} those of `node.spawn`, and `place-invalid` `node-unknown` `node-draining` `definition-unhosted` `place-split` `node-lost`
 */
export async function spawnInCluster(parts: ClusterSpawnParts, request: ClusterRequest): Promise<LocalRef> {
  const { name } = request.options
  if (request.isSingleton !== true || name === undefined) return await spawnOne(parts, request)
  const { host } = parts.fleet.resident.station.runtime
  return await spawnSingleton(name, { ...parts, host, spawn: () => spawnOne(parts, request) })
}

async function spawnOne(parts: ClusterSpawnParts, request: ClusterRequest): Promise<LocalRef> {
  const { fleet } = parts
  const { definition, place, options, args, isSingleton } = request
  const { name, ...rest } = options
  if (name !== undefined) checkPath(name)
  const onLoss = readOnLoss(request)
  const wish = readClusterPlace(place)
  const target = wish === undefined ? parts.member() : memberFor(parts, wish, request)
  if (target !== parts.member()) {
    const { name: of, version } = definition
    const wished = { definition: of, version, name, args, options: rest, onLoss, isSingleton }
    return refAt(fleet.resident.station.runtime.host, await parts.spawnAt(target, wished))
  }
  if (parts.isDraining()) throw draining(name ?? definition.name)
  const threads = wish === undefined ? readPlace(place) : 'auto'
  return await fleet.spawn({ definition, name, wish: threads, options: rest, args, onLoss, isSingleton })
}

function memberFor(parts: ClusterSpawnParts, wish: ClusterWish, request: ClusterRequest): number {
  const { definition, options } = request
  const facts = placeOnFacts(parts.facts(), {
    path: options.name ?? definition.name,
    definition: `${definition.name}@${definition.version}`,
    near: typeof wish === 'object' && 'near' in wish ? parts.ownerOf(wish.near) : undefined,
  })
  const placed = placeOn(wish, facts)
  if (Fault.is(placed)) throw placed
  return placed.member
}

/** What becomes of a root when its node is lost: what was asked for, or what does no harm. */
function readOnLoss({ definition, onNodeLoss, options }: ClusterRequest): OnLoss {
  if (onNodeLoss === undefined) {
    if ((options.restart ?? definition.spec.child?.restart) === 'temporary') return 'stop'
    // Its journal is where it lived.
    return definition.isDurable ? 'wait' : 'rehome'
  }
  if (losses.has(onNodeLoss)) return onNodeLoss
  throw new Fault(
    'place-invalid',
    `Cannot spawn "${options.name ?? definition.name}": onNodeLoss is none that there is`,
    {
      hint: "Use 'rehome', 'wait' or 'stop'.",
    },
  )
}

function draining(what: string): Fault {
  return new Fault('node-draining', `Cannot spawn "${what}" here: the node is draining`, {
    hint: "Place it 'anywhere', or on another node.",
  })
}
