// The entry of a process that starts a node: how long after the process itself it is up, and what that weighs.
import { inputOf, tell } from './parent.ts'
import { startNode } from 'troupe'
import type { BenchNodeOptions } from './bench-node.ts'

// What the process has waited for its orders is not the node's.
const beforeMs = performance.now()
const { name, ...cluster } = await inputOf<BenchNodeOptions>()
const waitedMs = performance.now() - beforeMs
const node = await startNode({ name, cluster })
const readyMs = performance.now() - waitedMs
tell({ 'start/ready': readyMs, 'start/rss': process.memoryUsage.rss() })
await node.stop()
