// Performing of verbs that go on answering: in whatever nodes and threads they run, their records come as one stream.
import { actorUnknown } from './actor-at.ts'
import { invariant } from '../../runtime/invariant.ts'
import { isNode } from '../../transports/link/border.ts'
import { isUnknown, settledHome, spotOf, unknownAnywhere } from './actor-home.ts'
import { locatedAt } from './spot.ts'
import { nodesAsked } from './across.ts'
import { NodeSources } from './node-sources.ts'
import { openFar } from './far-verb.ts'
import { openSource, OpenedSources } from './opened-sources.ts'
import type { Asked } from './across.ts'
import type { Node } from '../node.ts'
import type { Home } from '../../transports/link/record.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { SourceRequest } from './opened-sources.ts'
import type { SourceBatch } from './source.ts'
import type { StreamingVerb, VerbContext } from './verb.ts'
import type { AtHome } from './where.ts'

/**
 * Begins a verb on the nodes that it is asked of, or on this one, at once; whoever calls it must iterate.
 * @throws {Fault} before the first record or while it is iterated: what stands in its way, `thread-lost` `node-lost`
 */
export function performStream<I, R>(
  node: Node,
  verb: StreamingVerb<I, R>,
  input: I,
  context: VerbContext,
): AsyncIterable<R> {
  const { across } = verb
  const ask = (): Asked | undefined =>
    across === undefined || context.isFar === true
      ? undefined
      : nodesAsked(node, verb.name, { input, unasked: across.unasked(input) })
  const first = ask()
  if (across === undefined || first === undefined) return performStreamHere(node, verb, input, context)
  const { fleet, runtime, name } = node
  invariant(fleet !== undefined, 'A node of a cluster has no fleet')
  const enough = new AbortController()
  const signal = AbortSignal.any([context.signal, enough.signal])
  const sources = new NodeSources<R>({
    name,
    clock: runtime.host.clock,
    // Whoever was asked by name has been found; a later look must not fail because it is gone.
    asked: () => (first.isNamed ? first : (ask() ?? first)),
    own: () => performStreamHere(node, verb, input, { ...context, signal, isFar: true }),
    far: ({ number }) => openFar({ fleet, thread: -number, name: verb.name, input }, signal),
  })
  return untilLeft(across.merge(sources, input), enough)
}

/** The same on this node, or in the one in which its actor lives. */
export function performStreamHere<I, R>(
  node: Node,
  verb: StreamingVerb<I, R>,
  input: I,
  context: VerbContext,
): AsyncIterable<R> {
  const { fleet } = node
  const where = fleet === undefined ? undefined : verb.where(input)
  if (fleet === undefined || where === undefined) return verb.run(node, input, context)
  if (where.in === 'main') {
    const subject = node.cluster === undefined || context.isFar === true ? undefined : verb.subject?.(input)
    if (subject === undefined) return verb.run(node, input, context)
    return inMainOf({ node, verb, input, context }, subject)
  }
  const enough = new AbortController()
  const signal = AbortSignal.any([context.signal, enough.signal])
  const request = { node, verb, input, signal, isFar: context.isFar === true }
  const records =
    where.in === 'all'
      ? where.merge(new OpenedSources(node, (spot) => openSource(request, spot)))
      : streamAtHome(request, { fleet, where })
  return untilLeft(records, enough)
}

interface MainRequest<I, R> {
  readonly node: Node
  readonly verb: StreamingVerb<I, R>
  readonly input: I
  readonly context: VerbContext
}

/** In the main thread of the node in which the actor lives that it is about. */
async function* inMainOf<I, R>(
  { node, verb, input, context }: MainRequest<I, R>,
  path: string,
): AsyncGenerator<R, void, void> {
  const { fleet, cluster } = node
  const home = await settledHome(node, { path }, context)
  if (home === undefined || fleet === undefined || !isNode(home.thread)) {
    yield* verb.run(node, input, context)
    return
  }
  const name = cluster?.facts.member(-home.thread)?.name ?? ''
  const batches = openFar({ fleet, thread: home.thread, name: verb.name, input }, context.signal)
  // The same verb runs there: its records are of the same type.
  for await (const { records } of batches)
    for (const record of records as readonly R[]) yield locatedAt(record, name)
}

/** Ends what goes on in other threads when whoever iterates leaves: they may have nothing to tell for long. */
async function* untilLeft<R>(
  records: AsyncIterable<R>,
  enough: AbortController,
): AsyncGenerator<R, void, void> {
  try {
    yield* records
  } finally {
    enough.abort()
  }
}

interface StreamHome<R> {
  readonly fleet: Fleet
  readonly where: Pick<AtHome<R>, 'path' | 'placed'>
}

interface HomeRequest<I, R> extends SourceRequest<I, R> {
  /** Another node asks. */
  readonly isFar: boolean
}

function streamAtHome<I, R>(request: HomeRequest<I, R>, at: StreamHome<R>): AsyncIterable<R> {
  const opened = openAtHome(request, at)
  opened.catch(() => undefined)
  return followHome(request, at, opened)
}

/** The stream of an actor that has moved is opened anew where it lives then. */
async function* followHome<I, R>(
  request: HomeRequest<I, R>,
  at: StreamHome<R>,
  first: Promise<HomeStream<R> | undefined>,
): AsyncGenerator<R, void, void> {
  let epoch = -1
  for (let opened = await first; opened !== undefined && opened.home.epoch !== epoch;) {
    epoch = opened.home.epoch
    try {
      yield* recordsOf(request, at, opened)
      return
    } catch (fault) {
      if (!isUnknown(fault)) throw fault
    }
    opened = await openAtHome(request, at)
  }
  throw await unknownAnywhere(request.node, at.where.path, request)
}

async function* recordsOf<I, R>(
  { node: { cluster, name }, isFar }: HomeRequest<I, R>,
  { where: { placed } }: StreamHome<R>,
  { batches, home }: HomeStream<R>,
): AsyncGenerator<R, void, void> {
  const other = isNode(home.thread) ? cluster?.facts.member(-home.thread)?.name : undefined
  for await (const { records, ...spot } of batches)
    for (const data of records) {
      const record = other === undefined ? (placed?.({ ...spot, data }) ?? data) : data
      yield cluster === undefined || isFar ? record : locatedAt(record, other ?? name)
    }
}

interface HomeStream<R> {
  readonly home: Home
  readonly batches: AsyncIterable<SourceBatch<R>>
}

async function openAtHome<I, R>(
  request: HomeRequest<I, R>,
  { fleet, where }: StreamHome<R>,
): Promise<HomeStream<R> | undefined> {
  const home = await settledHome(request.node, where, request)
  if (home === undefined) return undefined
  // It was here when the other node asked: that one looks again.
  if (isNode(home.thread) && request.isFar) throw actorUnknown(request.node, where.path)
  return { home, batches: openSource(request, spotOf(fleet, home)) }
}
