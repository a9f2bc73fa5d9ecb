// A node with threads whose actors come from actors.ts, as all workloads of the suite want it.
import { startNode } from 'troupe'
import type { Node } from 'troupe'

export function startThreadedNode(threads: number): Promise<Node> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return startNode({ threads, load: [new URL(`./actors.${extension}`, import.meta.url).href] })
}
