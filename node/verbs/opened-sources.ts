// Opened sources: the streams of one verb in all threads of a node; threads that come later are opened when somebody looks for them.
import { Fault } from '../../runtime/fault.ts'
import { openFar } from './far-verb.ts'
import { spotsOf } from './gather.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Node } from '../node.ts'
import type { Ground } from './ground.ts'
import type { Source, SourceBatch, Sources } from './source.ts'
import type { Spot } from './spot.ts'

/** A verb or a probe that goes on answering, in any thread. */
export interface StreamQuestion<I, R> {
  readonly name: string
  run(ground: Ground, input: I, context: { readonly signal: AbortSignal }): AsyncIterable<R>
}

/** What a source is opened with. */
export interface SourceRequest<I, R> {
  readonly node: Node
  readonly verb: StreamQuestion<I, R>
  readonly input: I
  readonly signal: AbortSignal
}

/** Opens the stream of one thread, at once. @throws {Fault} of the main thread's own stream; of others while it is iterated */
export function openSource<I, R>(request: SourceRequest<I, R>, spot: Spot): AsyncIterable<SourceBatch<R>> {
  const { node, verb, input, signal } = request
  const { fleet } = node
  if (spot.id === 0 || fleet === undefined) return oneByOne(verb.run(node, input, { signal }), spot)
  // The same verb runs there: its records are of the same type.
  const far = openFar({ fleet, thread: spot.id, name: verb.name, input }, signal)
  return placed(far as AsyncIterable<Omit<SourceBatch<R>, keyof Spot>>, spot)
}

export class OpenedSources<R> implements Sources<R> {
  readonly #opened = new Set<number>()
  readonly #node: Node
  readonly #open: (spot: Spot) => AsyncIterable<SourceBatch<R>>

  constructor(node: Node, open: (spot: Spot) => AsyncIterable<SourceBatch<R>>) {
    this.#node = node
    this.#open = open
  }

  get clock(): Clock {
    return this.#node.runtime.host.clock
  }

  fresh(): Source<R>[] {
    const { fleet } = this.#node
    const spots = fleet === undefined ? [] : spotsOf(fleet)
    return spots.flatMap((spot) => {
      if (this.#opened.has(spot.id)) return []
      this.#opened.add(spot.id)
      return [{ ...spot, batches: untilLost(this.#open(spot)) }]
    })
  }
}

async function* oneByOne<R>(
  records: AsyncIterable<R>,
  spot: Spot,
): AsyncGenerator<SourceBatch<R>, void, void> {
  for await (const record of records) yield { ...spot, records: [record], dropped: 0 }
}

async function* placed<R>(
  batches: AsyncIterable<Omit<SourceBatch<R>, keyof Spot>>,
  { slot, id }: Spot,
): AsyncGenerator<SourceBatch<R>, void, void> {
  for await (const { records, dropped } of batches) yield { slot, id, records, dropped }
}

/** What is lost with a thread are its own records; the others go on. */
async function* untilLost<R>(
  batches: AsyncIterable<SourceBatch<R>>,
): AsyncGenerator<SourceBatch<R>, void, void> {
  try {
    yield* batches
  } catch (error) {
    if (!Fault.is(error) || error.code !== 'thread-lost') throw error
  }
}
