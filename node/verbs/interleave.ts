// Interleaving: the records of all threads in the order of their times, as far as they come about at once.
import { Fault } from '../../runtime/fault.ts'
import { Feed } from './feed.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Source, SourceBatch, Sources } from './source.ts'

/** How long a record waits for older ones out of other threads, in milliseconds. */
const togetherMs = 20
/** How often new threads are looked for, in milliseconds. */
const lookMs = 250
/** Records that are put in order at once. */
const sortedMax = 10_000

/** How the records of one kind are interleaved. */
export interface Interleaving<R> {
  /** The records of a batch as they are to be shown, with one more where some were lost. */
  recordsOf(batch: SourceBatch<R>): readonly R[]
  compare(a: R, b: R): number
  /** Ends after so many. */
  readonly count: number
}

/** Begins at once and goes on until all threads' streams have ended, or there were enough records; whoever calls it must iterate. */
export function interleaved<R>(sources: Sources<R>, how: Interleaving<R>): AsyncGenerator<R, void, void> {
  return inOrder(new Joined(sources, how.recordsOf), sources.clock, how)
}

async function* inOrder<R>(
  joined: Joined<R>,
  clock: Clock,
  { compare, count }: Interleaving<R>,
): AsyncGenerator<R, void, void> {
  let left = count
  try {
    for (;;) {
      const first = await joined.feed.take(sortedMax)
      if (first.length === 0) break
      if (!joined.isEnded) await pause(clock, togetherMs)
      const records = [...first, ...joined.feed.takeNow(sortedMax)].toSorted(compare)
      for (const record of records.slice(0, left)) yield record
      left -= records.length
      if (left <= 0) return
    }
    if (joined.fault !== undefined) throw joined.fault
  } finally {
    joined.close()
  }
}

/** All streams in one feed. */
class Joined<R> {
  readonly feed: Feed<R> = new Feed()
  fault: Fault | undefined = undefined
  readonly #sources: Sources<R>
  readonly #recordsOf: (batch: SourceBatch<R>) => readonly R[]
  readonly #iterators = new Set<AsyncIterator<SourceBatch<R>>>()
  #alarm: { cancel(): void } | undefined = undefined
  isEnded = false

  constructor(sources: Sources<R>, recordsOf: (batch: SourceBatch<R>) => readonly R[]) {
    this.#sources = sources
    this.#recordsOf = recordsOf
    this.#look()
  }

  close(): void {
    this.#end()
    // Not waited for: who waits for a record of a calm thread may wait for long.
    for (const iterator of this.#iterators) void iterator.return?.()
  }

  #end(): void {
    this.isEnded = true
    this.#alarm?.cancel()
    this.feed.end()
  }

  #look(): void {
    const { clock } = this.#sources
    for (const source of this.#sources.fresh()) void this.#follow(source)
    this.#alarm = clock.alarm(clock.now() + lookMs, () => this.#look())
  }

  async #follow({ batches, id }: Source<R>): Promise<void> {
    const { clock } = this.#sources
    const iterator = batches[Symbol.asyncIterator]()
    this.#iterators.add(iterator)
    try {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next())
        for (const record of this.#recordsOf(next.value)) this.feed.push(record)
    } catch (error) {
      this.fault = Fault.wrap(error, 'command-failed', 'Cannot go on')
    }
    this.#iterators.delete(iterator)
    if (this.#iterators.size === 0 || this.fault !== undefined) this.#end()
    // All have the same bounds; a thread that is blocked does not come to its own.
    else if (id === 0) this.#alarm = clock.alarm(clock.now() + lookMs, () => this.#end())
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.alarm(clock.now() + ms, () => resolve()))
}
