// A source: the stream of one verb in one thread.
import type { Clock } from '../../runtime/clock.ts'
import type { Spot } from './spot.ts'

/** Records of one thread that came together, and how many were lost before them. */
export interface SourceBatch<R> extends Spot {
  readonly records: readonly R[]
  readonly dropped: number
}

/** It ends quietly when its thread is lost. */
export interface Source<R> extends Spot {
  readonly batches: AsyncIterable<SourceBatch<R>>
}

/** Those of all threads. */
export interface Sources<R> {
  readonly clock: Clock
  /** Opens those that are not open yet: all at first, later those of new threads. @throws {Fault} what the main thread's throws */
  fresh(): Source<R>[]
}
