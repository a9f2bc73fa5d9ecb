// Rounds: one record of each thread at a time, made into one; the main thread's own stream sets the pace.
import { expired, within } from './within.ts'
import type { Source, SourceBatch, Sources } from './source.ts'
import type { Part, Spot } from './spot.ts'

/** How long a round waits for threads that are late with their records, in milliseconds. */
const lateMsMax = 500

interface Stream<R> extends Spot {
  readonly iterator: AsyncIterator<SourceBatch<R>>
  /** Asked for and not come yet; taken in a later round. */
  next: Promise<IteratorResult<SourceBatch<R>>> | undefined
}

/**
 * Begins at once and goes on until the main thread's stream ends; whoever calls it must iterate. A thread that is late is left out of a
 * round.
 */
export function inRounds<R>(
  sources: Sources<R>,
  merge: (parts: readonly Part<R>[]) => R,
): AsyncGenerator<R, void, void> {
  return rounds(sources, sources.fresh().map(begin), merge)
}

async function* rounds<R>(
  sources: Sources<R>,
  begun: Stream<R>[],
  merge: (parts: readonly Part<R>[]) => R,
): AsyncGenerator<R, void, void> {
  const { clock } = sources
  const signal = new AbortController().signal
  let streams = begun
  try {
    for (;;) {
      streams.push(...sources.fresh().map(begin))
      const [main, ...others] = streams
      if (main === undefined) return
      const first = await next(main)
      if (first.done === true) return
      const dueMs = clock.now() + lateMsMax
      const rest = await Promise.all(
        others.map((stream) => within(clock, { ms: Math.max(1, dueMs - clock.now()), signal }, next(stream))),
      )
      const ended = new Set(others.filter((_, index) => isEnd(rest[index])))
      streams = streams.filter((stream) => !ended.has(stream))
      yield merge([first, ...rest].flatMap((result) => (result === expired ? [] : partOf(result))))
    }
  } finally {
    for (const { iterator } of streams) void iterator.return?.()
  }
}

function begin<R>({ batches, ...spot }: Source<R>): Stream<R> {
  return { ...spot, iterator: batches[Symbol.asyncIterator](), next: undefined }
}

async function next<R>(stream: Stream<R>): Promise<IteratorResult<SourceBatch<R>>> {
  stream.next ??= stream.iterator.next()
  const result = await stream.next
  stream.next = undefined
  return result
}

function isEnd(result: IteratorResult<unknown> | typeof expired | undefined): boolean {
  return result !== expired && result?.done === true
}

/** The newest record of a batch: those before it are past. */
function partOf<R>(result: IteratorResult<SourceBatch<R>>): Part<R>[] {
  if (result.done === true) return []
  const { records, dropped: _past, ...spot } = result.value
  const data = records.at(-1)
  return data === undefined ? [] : [{ ...spot, data }]
}
