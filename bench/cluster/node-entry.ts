// The entry of a partner that is a node of a cluster.
import { inputOf, tell } from './parent.ts'
import { startBenchNode } from './bench-node.ts'
import type { BenchNodeOptions } from './bench-node.ts'

const { node, member } = await startBenchNode(await inputOf<BenchNodeOptions>())
tell(member)
process.on('message', () => tell(node.cluster?.member))
