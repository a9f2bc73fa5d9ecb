// The cluster of a node, for verbs that need one.
import { Fault } from '../../runtime/fault.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Node } from '../node.ts'

/** @param attempt what is to be done: `nodes` @throws {Fault} `cluster-missing` */
export function clusterOf({ name, cluster }: Pick<Node, 'name' | 'cluster'>, attempt: string): Cluster {
  if (cluster !== undefined) return cluster
  throw new Fault('cluster-missing', `Cannot run "${attempt}": node "${name}" is in no cluster`, {
    hint: 'Start it with --cluster FOLDER, or three nodes with "troupe up --nodes 3".',
  })
}
