// Performing of verbs that go on answering: in whatever threads they run, their records come as one stream.
import { homeOf, isUnknown, spotOf, unknownAnywhere } from './actor-home.ts'
import { openSource, OpenedSources } from './opened-sources.ts'
import type { Node } from '../node.ts'
import type { Home } from '../../transports/link/record.ts'
import type { Fleet } from '../threads/fleet.ts'
import type { SourceRequest } from './opened-sources.ts'
import type { SourceBatch } from './source.ts'
import type { StreamingVerb, VerbContext } from './verb.ts'
import type { AtHome } from './where.ts'

/**
 * Begins a verb on the whole node, at once; whoever calls it must iterate.
 * @throws {Fault} before the first record or while it is iterated: what stands in its way, `thread-lost`
 */
export function performStream<I, R>(
  node: Node,
  verb: StreamingVerb<I, R>,
  input: I,
  context: VerbContext,
): AsyncIterable<R> {
  const { fleet } = node
  const where = fleet === undefined ? undefined : verb.where(input)
  if (fleet === undefined || where === undefined || where.in === 'main') return verb.run(node, input, context)
  const enough = new AbortController()
  const signal = AbortSignal.any([context.signal, enough.signal])
  const request = { node, verb, input, signal }
  const records =
    where.in === 'all'
      ? where.merge(new OpenedSources(node, (spot) => openSource(request, spot)))
      : streamAtHome(request, { fleet, where })
  return untilLeft(records, enough)
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

function streamAtHome<I, R>(request: SourceRequest<I, R>, at: StreamHome<R>): AsyncIterable<R> {
  const opened = openAtHome(request, at)
  opened.catch(() => undefined)
  return followHome(request, at, opened)
}

/** The stream of an actor that has moved is opened anew where it lives then. */
async function* followHome<I, R>(
  request: SourceRequest<I, R>,
  at: StreamHome<R>,
  first: Promise<HomeStream<R> | undefined>,
): AsyncGenerator<R, void, void> {
  const { path, placed } = at.where
  let epoch = -1
  for (let opened = await first; opened !== undefined && opened.home.epoch !== epoch;) {
    epoch = opened.home.epoch
    try {
      yield* recordsOf(opened.batches, placed)
      return
    } catch (fault) {
      if (!isUnknown(fault)) throw fault
    }
    opened = await openAtHome(request, at)
  }
  throw await unknownAnywhere(request.node, path, request)
}

async function* recordsOf<R>(
  batches: AsyncIterable<SourceBatch<R>>,
  placed: AtHome<R>['placed'],
): AsyncGenerator<R, void, void> {
  for await (const { records, ...spot } of batches)
    for (const data of records) yield placed?.({ ...spot, data }) ?? data
}

interface HomeStream<R> {
  readonly home: Home
  readonly batches: AsyncIterable<SourceBatch<R>>
}

async function openAtHome<I, R>(
  request: SourceRequest<I, R>,
  { fleet, where }: StreamHome<R>,
): Promise<HomeStream<R> | undefined> {
  const home = await homeOf(fleet, where, request)
  return home === undefined ? undefined : { home, batches: openSource(request, spotOf(fleet, home)) }
}
