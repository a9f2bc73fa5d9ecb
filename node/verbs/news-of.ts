// The news of a node: some kinds of events of all its threads.
import { interleaved } from './interleave.ts'
import { news } from './news.ts'
import { NodeSources } from './node-sources.ts'
import { openFar } from './far-verb.ts'
import { openSource, OpenedSources } from './opened-sources.ts'
import { byTime, recordsOf, recordsOfNode } from './tail.ts'
import type { Node } from '../node.ts'
import type { Happening } from './happening.ts'
import type { NewsInput } from './news.ts'

/** Begins at once and goes on until the signal is aborted; whoever calls it must iterate. @throws {Fault} `followers-full` */
export function newsOf(node: Node, input: NewsInput, signal: AbortSignal): AsyncIterable<Happening> {
  if (node.fleet === undefined) return news.run(node, input, { signal })
  const sources = new OpenedSources<Happening>(node, (spot) =>
    openSource({ node, verb: news, input, signal }, spot),
  )
  return interleaved(sources, { recordsOf, compare: byTime, count: Infinity })
}

/** The same of all nodes of its cluster. */
export function newsOfAll(node: Node, input: NewsInput, signal: AbortSignal): AsyncIterable<Happening> {
  const { fleet, name, cluster, runtime } = node
  if (cluster === undefined || fleet === undefined) return newsOf(node, input, signal)
  const sources = new NodeSources<Happening>({
    name,
    clock: runtime.host.clock,
    asked: () => ({
      members: [...cluster.facts.members()].filter(({ number }) => number !== cluster.member),
      isOwn: true,
      isNamed: false,
    }),
    own: () => newsOf(node, input, signal),
    far: ({ number }) => openFar({ fleet, thread: -number, name: news.name, input }, signal),
  })
  return interleaved(sources, { recordsOf: recordsOfNode, compare: byTime, count: Infinity })
}
