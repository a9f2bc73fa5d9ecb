// A bench node: a node of a cluster as all workloads of the suite want it.
import { startNode } from 'troupe'
import type { Node } from 'troupe'
import type { Cluster } from '../../node/cluster/cluster.ts'

export interface BenchNodeOptions {
  readonly name: string
  /** Of its keys, which are there. */
  readonly folder: string
  readonly passphrase: string
  readonly seeds: readonly string[]
  /** Default a free port of this machine. */
  readonly listen?: readonly string[]
}

export interface BenchNode {
  readonly node: Node
  readonly cluster: Cluster
  /** Its number. */
  readonly member: number
}

export async function startBenchNode({ name, ...cluster }: BenchNodeOptions): Promise<BenchNode> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const load = ['../threads/actors', './cargo'].map(
    (file) => new URL(`${file}.${extension}`, import.meta.url).href,
  )
  const node = await startNode({ name, load, cluster })
  if (node.cluster === undefined) throw new Error('a node that was started in a cluster is in none')
  return { node, cluster: node.cluster, member: node.cluster.member }
}
