// A fleet's parts: what the threads of a node are made from, and what a root in them is spawned from.
import type { ActorDefinition } from '../../runtime/definition.ts'
import type { ChildOptions } from '../../runtime/supervision.ts'
import type { Definitions } from '../definitions.ts'
import type { EntityKeeper } from '../entities/entity-keeper.ts'
import type { MoveStep } from './mover.ts'
import type { OnLoss } from '../../actors/cluster/state/home.ts'
import type { PlaceWish } from './place.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Threads } from '../../runtime/threads.ts'

/** What a fleet is made from. */
export interface FleetParts {
  readonly name: string
  readonly runtime: Runtime
  readonly definitions: Definitions
  readonly threads: Threads
  readonly strict: boolean
  readonly threadStallMs?: number | undefined
  readonly threadHeapMiBMax?: number | undefined
  readonly failpoint?: ((thread: number, step: MoveStep, top: string) => void) | undefined
  readonly entities: EntityKeeper
  /** Whether its threads act only while the node is told that it may. */
  readonly isLeased?: boolean | undefined
}

/** What a root is spawned from. */
export interface RootRequest {
  readonly definition: ActorDefinition
  /** Undefined for one that is given a name. */
  readonly name: string | undefined
  readonly wish: PlaceWish
  readonly options: ChildOptions
  readonly args: readonly unknown[]
  /** In a cluster: what becomes of it when this node is lost. */
  readonly onLoss?: OnLoss | undefined
  /** In a cluster: whether whoever spawns it where it is already is given the one that is there. */
  readonly isSingleton?: boolean | undefined
}
