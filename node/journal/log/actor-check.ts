// An actor check: whether the records of each actor have rising numbers without a gap, and epochs that never go back.
import type { StoredRecord } from './stored-record.ts'

/** Actors that are followed at once; about 100 bytes each. */
export const actorsCheckedMax = 1_000_000

export interface RecordFlaw {
  readonly kind: 'number' | 'epoch'
  readonly note: string
}

/** The last record of an actor, and the segment it is in: 0 if there was none, -1 if the next may have any number. */
interface Followed {
  readonly seq: number
  readonly epoch: number
  readonly segment: number
}

const nobody: Followed = { seq: 0, epoch: 0, segment: 0 }

export class ActorCheck {
  readonly #actors = new Map<string, Followed>()
  /** The last segment of which records may have been dropped. */
  #thinned = -1
  /** Records of actors that are not followed. */
  unchecked = 0

  /** Records of a segment, and of those it stands for, may have been dropped. */
  thin(segment: number): void {
    this.#thinned = segment
  }

  take(record: StoredRecord, segment: number): RecordFlaw | undefined {
    const { id, seq, epoch, kind } = record
    const last = this.#actors.get(id)
    if (last === undefined && this.#actors.size >= actorsCheckedMax) {
      this.unchecked++
      return undefined
    }
    this.#actors.set(id, kind === 'end' ? { seq: 0, epoch, segment: -1 } : { seq, epoch, segment })
    const before = last ?? nobody
    return flawOf(record, before, before.segment <= this.#thinned)
  }
}

function flawOf(record: StoredRecord, last: Followed, mayLeap: boolean): RecordFlaw | undefined {
  const { id, seq, epoch, kind } = record
  if (epoch < last.epoch)
    return { kind: 'epoch', note: `"${id}" ${seq} has epoch ${epoch}, the one before had ${last.epoch}` }
  const next = kind === 'snapshot' ? last.seq : last.seq + 1
  if (mayLeap ? seq >= next : seq === next) return undefined
  return { kind: 'number', note: `"${id}" has ${kind} ${seq} where ${next} was to come` }
}
