// A spawn in a cluster: in which node a root goes to live, and how it is started there.
import { Fault } from '../../runtime/fault.ts'
import { readPlace } from '../threads/place.ts'
import { checkPath } from '../../runtime/path.ts'
import { placeOn } from '../../actors/cluster/placement/place-on.ts'
import { readClusterPlace } from './cluster-place.ts'
import { refAt } from '../../runtime/ref.ts'
import type { ActorDefinition } from '../../runtime/definition.ts'
import type { LocalRef } from '../../runtime/ref.ts'
import type { ChildOptions } from '../../runtime/supervision.ts'
import type { ClusterFacts } from '../../actors/cluster/state/cluster-facts.ts'
import type { OnLoss } from '../../actors/cluster/state/home.ts'
import type { Fleet } from '../threads/fleet.ts'

/** A root that is wanted somewhere in the cluster. */
export interface ClusterRequest {
  readonly definition: ActorDefinition
  /** As it was given: looked at here. */
  readonly place: unknown
  readonly onNodeLoss: OnLoss | undefined
  readonly options: ChildOptions & { readonly name?: string | undefined }
  readonly args: readonly unknown[]
}
