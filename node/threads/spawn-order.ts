// A spawn order: what a thread has to know to start a root, as data; kept by the node to start it again when its thread is lost.
import type { ActorDefinition } from '../../runtime/definition.ts'
import type { OnLoss } from '../../actors/cluster/state/home.ts'
import type { ChildOptions } from '../../runtime/supervision.ts'

export interface SpawnOrder {
  /** The whole path, also of a root without a name of its own. */
  readonly path: string
  /** The number in the name of such a root. */
  readonly number?: number
  readonly definition: string
  readonly version: number
  readonly args: readonly unknown[]
  readonly options: ChildOptions
  readonly epoch: number
  /** Of an entity, which is woken: how long it is idle before it sleeps, in milliseconds. */
  readonly idleMs?: number
  /** In a cluster: what becomes of it when its node is lost. */
  readonly onLoss?: OnLoss
  /** In a cluster: whether there is to be one of it, whoever spawns it. */
  readonly isSingleton?: boolean
}

/** The order for the first life of a root. */
export function orderOf(root: {
  readonly path: string
  readonly number: number | undefined
  readonly definition: ActorDefinition
  readonly args: readonly unknown[]
  readonly options: ChildOptions
  readonly epoch: number
  readonly idleMs?: number | undefined
  readonly onLoss?: OnLoss | undefined
  readonly isSingleton?: boolean | undefined
}): SpawnOrder {
  const { path, number, definition, args, options, epoch, idleMs, onLoss, isSingleton } = root
  return {
    path,
    ...(number === undefined ? {} : { number }),
    definition: definition.name,
    version: definition.version,
    args,
    options,
    epoch,
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(onLoss === undefined ? {} : { onLoss }),
    ...(isSingleton === true ? { isSingleton } : {}),
  }
}
