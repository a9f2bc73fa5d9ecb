// A repair: makes what the index knows of one actor anew from the log, where a value of it is damaged.
import { Fault } from '../../runtime/fault.ts'
import { advance, newHead } from './index/head.ts'
import { damaged } from './damage.ts'
import { TailRecord } from './tail.ts'
import type { Checkpoint } from './index/checkpoint.ts'
import type { Head } from './index/head.ts'
import type { RecordIndex } from './index/record-index.ts'
import type { Damage } from './damage.ts'
import type { LogHole, StoredRecord } from './log/stored-record.ts'

/** Records of the log that are read at once. */
const recordsAtOnce = 10_000

/** Reads the log, from a position on. */
export interface LogReader {
  read(
    from: number,
    countMax: number,
  ): Promise<{
    readonly records: readonly StoredRecord[]
    readonly next: number
    readonly holes: readonly LogHole[]
  }>
}

export interface RepairParts {
  readonly index: RecordIndex
  /** Undefined while the log is being opened. */
  readonly log: () => LogReader | undefined
  readonly damage: Damage
  readonly checkpoint: () => Checkpoint
  readonly found: (id: string, text: string) => void
}

export class Repair {
  readonly #parts: RepairParts
  /** The index could not be written where it is damaged. */
  hasFailed = false

  constructor(parts: RepairParts) {
    this.#parts = parts
  }

  /**
   * Reads the whole log for one actor; has the gate for itself.
   * @param known its head, if that can be read
   * @returns its head up to a position, null if it has no records there
   * @throws {Fault} `journal-damaged` the log does not have them all
   */
  async actor(id: string, known: Head | undefined, upTo: number): Promise<Head | null> {
    const { index, damage, checkpoint, found } = this.#parts
    const { records, hole } = await this.#recordsOf(id, upTo)
    const head = newHead()
    for (const record of records) advance(head, record)
    // Only a head says what the last one was.
    if (known === undefined && hole !== undefined && hole.toPosition - 1 > head.position) {
      const where = `${hole.file} at byte ${hole.offset} is damaged`
      throw damaged(id, head.seq + 1, `the index of its records is damaged, and ${where}`)
    }
    if (known !== undefined && head.seq < known.seq) {
      throw damaged(
        id,
        head.seq + 1,
        `the index of its records is damaged and the log has them up to ${head.seq} of ${known.seq}`,
      )
    }
    const fault = damage.fault(id, head)
    if (fault !== undefined && fault.details?.['seq'] === head.brokenSeq - 1) throw fault
    // A snapshot only spares the way from the one before it, or from the beginning: with a gap there were a fault by now.
    const isLess = known !== undefined && head.snapshotSeq < known.snapshotSeq
    const less = isLess ? `, which does not have its snapshot at ${known.snapshotSeq} any more` : ''
    found(id, `the index of "${id}" was damaged and has been made anew from the log${less}`)
    try {
      await index.clearActor(id)
      if (records.length === 0) return null
      await index.apply([{ id, old: newHead(), head, records }], checkpoint())
    } catch (error) {
      this.hasFailed = true
      throw indexUnwritable(id, error)
    }
    return head
  }

  /** @returns the last hole with positions that nobody has accepted as lost, beside the records */
  async #recordsOf(
    id: string,
    upTo: number,
  ): Promise<{ readonly records: readonly TailRecord[]; readonly hole: LogHole | undefined }> {
    const { damage } = this.#parts
    const log = this.#parts.log()
    if (log === undefined) {
      throw new Fault('index-damaged', `Cannot read the index of "${id}": a value is not what was written`, {
        hint: 'Open the journal again: what is damaged is made anew from the log.',
      })
    }
    const own: TailRecord[] = []
    let hole: LogHole | undefined
    let from = 1
    while (from <= upTo) {
      const { records, next, holes } = await log.read(from, recordsAtOnce)
      if (next <= from) break
      from = next
      hole = holes.findLast(({ toPosition }) => toPosition - 1 > damage.acceptedUntil) ?? hole
      for (const record of records) {
        if (record.id !== id || record.position > upTo) continue
        const kept = new TailRecord(record, Buffer.from(record.body), 0, record.body.byteLength)
        kept.position = record.position
        own.push(kept)
      }
    }
    return { records: own, hole }
  }
}

function indexUnwritable(id: string, cause: unknown): Fault {
  return new Fault(
    'journal-damaged',
    `Cannot recover "${id}": the index of its records is damaged and cannot be written`,
    {
      hint: 'Stop the node, take the folder "index" of its journal away, and start it again: the index is made anew from the log.',
      details: { id },
      cause,
    },
  )
}
