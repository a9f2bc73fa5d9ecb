// A compactor: drops records that nobody needs any more from the log of a journal.
import { abortSignalOf } from './abort-signal.ts'
import { Fault } from '../../runtime/fault.ts'
import { isSuperseded } from './index/head.ts'
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { Checkpointing } from './checkpointing.ts'
import type { CompactReport, UpkeepOptions } from './upkeep.ts'
import type { CompactionOutcome } from './log/compaction.ts'
import type { Gate } from './gate.ts'
import type { Head } from './index/head.ts'
import type { Log } from './log/log.ts'
import type { RecordIndex } from './index/record-index.ts'
import type { StoredRecord } from './log/stored-record.ts'

/** Heads that are read at once. */
const headsAtOnce = 1_000
/** What reading one head stands for, in bytes, where bytes between two pauses are counted. */
const headBytes = 256
/** Actors of which one pass over the log knows what of them is kept. */
export const actorsCompactedMax = 250_000
/** Tags of dropped records that are taken out of the index; more are left there, and lead nowhere. */
const tagsForgottenMax = 100_000

export interface CompactorParts {
  readonly log: Log
  readonly index: RecordIndex
  readonly gate: Gate
  readonly checkpointing: Checkpointing
  readonly tip: () => number
}

export interface CompactorOptions extends UpkeepOptions {
  /** What is not in the index yet is left for the next time. */
  readonly isInBackground: boolean
  /** Called with bytes that were worked on, and waited for. */
  readonly pace: (bytes: number) => Promise<void> | undefined
}

export interface Compacted extends CompactReport {
  /** What the rewritten segments were longer before. */
  readonly bytesFreed: number
}

/** What of an actor is kept. */
type Bounds = Pick<Head, 'floor' | 'previousSeq' | 'position' | 'keepPosition' | 'wakePosition'>

export class Compactor {
  readonly #parts: CompactorParts
  readonly #options: CompactorOptions
  readonly #bounds = new Map<string, Bounds>()
  readonly #tags: (readonly [tag: string, position: number])[] = []
  #indexedUpTo = 0

  constructor(parts: CompactorParts, options: CompactorOptions) {
    this.#parts = parts
    this.#options = options
  }

  /** As many passes over the log as there are actors for. */
  async run(): Promise<Compacted> {
    const { log, checkpointing, gate, index, tip } = this.#parts
    if (!this.#options.isInBackground) await checkpointing.run(tip)
    this.#indexedUpTo = checkpointing.position
    const segmentsBefore = log.segments.length
    const droppableBytes = checkpointing.droppableBytes
    const openBytes = log.segments.at(-1)?.bytes ?? 0
    const outcomes: CompactionOutcome[] = []
    let after: string | undefined
    do {
      after = await this.#readBounds(after)
      if (this.#bounds.size > 0 || outcomes.length === 0) outcomes.push(await this.#pass())
      this.#bounds.clear()
    } while (after !== undefined)
    await gate.run(async () => {
      await index.forgetTags(this.#tags)
      // What is left can only be where no pass was, or has been added meanwhile.
      checkpointing.droppableBytes -= Math.max(0, droppableBytes - openBytes)
    })
    return {
      bytesBefore: outcomes[0]?.bytesBefore ?? log.bytes,
      bytesAfter: outcomes.at(-1)?.bytesAfter ?? log.bytes,
      segmentsBefore,
      segmentsAfter: log.segments.length,
      recordsDropped: outcomes.reduce((sum, { dropped }) => sum + dropped, 0),
      bytesFreed: outcomes.reduce((sum, { freed }) => sum + freed, 0),
    }
  }

  async #pass(): Promise<CompactionOutcome> {
    const { progress, signal, pace } = this.#options
    try {
      return await this.#parts.log.compact((record) => this.#isKept(record), {
        pace,
        ...(signal === undefined ? {} : { signal: abortSignalOf(signal) }),
        ...(progress === undefined ? {} : { progress }),
      })
    } catch (error) {
      checkCancelled(signal, 'compact the journal')
      throw error
    }
  }

  /** Of those actors behind a name that may have something to drop. @returns where to go on; undefined at the end */
  async #readBounds(start: string | undefined): Promise<string | undefined> {
    const { gate, index } = this.#parts
    let after = start
    while (this.#bounds.size < actorsCompactedMax) {
      checkCancelled(this.#options.signal, 'compact the journal')
      const from = after
      const heads = await gate.run(() => index.headsAfter(from, headsAtOnce))
      for (const [id, head] of heads) {
        // Of whom nothing can be read nothing is dropped.
        if (head === undefined) continue
        const { floor, previousSeq, position, keepPosition, wakePosition } = head
        if (floor <= 1 && previousSeq === 0) continue
        this.#bounds.set(id, { floor, previousSeq, position, keepPosition, wakePosition })
      }
      after = heads.at(-1)?.[0]
      if (after === undefined) break
      await this.#options.pace(heads.length * headBytes)
    }
    return after
  }

  #isKept(record: StoredRecord): boolean {
    // What it says of its actor may not be in the bounds.
    if (record.position > this.#indexedUpTo) return true
    const bounds = this.#bounds.get(record.id)
    if (bounds === undefined || !isSuperseded(bounds, record.kind, record.seq)) return true
    if (isWitness(bounds, record)) return true
    for (const tag of record.tags)
      if (this.#tags.length < tagsForgottenMax) this.#tags.push([tag, record.position])
    return false
  }
}

/** Whether an index that is made anew would not say the same of the actor without this record. */
function isWitness(bounds: Bounds, { position }: StoredRecord): boolean {
  // Also one that lets an actor sleep for ever: an older one that wakes it may be kept.
  return position === bounds.position || position === bounds.keepPosition || position === bounds.wakePosition
}

export function checkCancelled(signal: CancelSignal | undefined, attempt: string): void {
  if (signal?.aborted !== true) return
  throw new Fault('command-cancelled', `Cannot ${attempt}: it was cancelled`, {
    hint: 'Begin again when there is time for it.',
  })
}
