// The opening of a journal: takes its folder, reads the index, and what the log has beyond it.
import { Checkpointing } from './checkpointing.ts'
import { Damage, ignoreMissing } from './damage.ts'
import { DiskJournal } from './disk-journal.ts'
import { Findings } from './findings.ts'
import { Gate } from './gate.ts'
import { Log } from './log/log.ts'
import { Owners } from './owners.ts'
import { RecordIndex } from './index/record-index.ts'
import { Repair } from './repair.ts'
import { Tail, tailBytesMax, tailBytesMin } from './tail.ts'
import { isIndexDamage } from './recovery.ts'
import { Trial } from './trial.ts'
import { nothingIndexed } from './index/checkpoint.ts'
import type { Checkpoint } from './index/checkpoint.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { DiskLock, DurableDisk } from '../../runtime/disk.ts'
import type { LogHole, StoredRecord } from './log/stored-record.ts'
import type { LogIdentity } from './log/segment-header.ts'
import type { Table } from './table.ts'

export interface JournalPlace {
  readonly disk: DurableDisk
  /** Opens the table of a folder, and makes it where there is none. */
  readonly table: (folder: string, turn: () => Promise<void>) => Promise<Table>
  readonly folder: string
  /** Whose journal it is. */
  readonly identity: LogIdentity
  readonly clock: Clock
  /** Bytes of a segment of the log before the next one is begun. Default and most: `segmentBytesMax`. */
  readonly segmentBytes?: number | undefined
  /** Bytes that may be in memory and not in the index before that is brought up to date. Default `tailBytesMin`. */
  readonly checkpointBytes?: number | undefined
  /** Droppable bytes in closed segments from which on the log is compacted in the background. Default `compactBytesMin`. */
  readonly compactBytes?: number | undefined
  /** Called with bytes of the log that have been read and all there are. */
  readonly progress?: ((done: number, all: number) => void) | undefined
}

/**
 * Opens a node's journal, or makes a new one in an empty folder.
 * @throws {Fault} `folder-locked` `journal-newer` `journal-foreign` `journal-damaged` `disk-failed` `index-failed`
 */
export async function openJournal(place: JournalPlace): Promise<DiskJournal> {
  const { disk, folder } = place
  await disk.makeFolder(folder)
  const lock = await disk.lock(folder)
  const trial = await Trial.begin(place, folder)
  let opening = new Opening(
    place,
    { lock, trial },
    trial.isLost ? 'was open in processes that ended soon' : undefined,
  )
  try {
    try {
      if (trial.isLost) await opening.discard()
      return await opening.run()
    } catch (error) {
      if (!isIndexDamage(error)) throw error
      // The index is made from the log: what cannot be read of it is thrown away, once.
      await opening.discard()
      opening = new Opening(place, { lock, trial }, 'could not be read')
      return await opening.run()
    }
  } catch (error) {
    await opening.close()
    await trial.end()
    await lock.release()
    throw error
  }
}

/** What has to be let go when the journal is closed. */
interface Hold {
  readonly lock: DiskLock
  readonly trial: Trial
}

class Opening {
  readonly #place: JournalPlace
  readonly #hold: Hold
  #owners = new Owners()
  readonly #tail = new Tail()
  readonly #gate = new Gate()
  readonly #findings = new Findings()
  readonly #indexFolder: string
  /** Why the index is made anew, if it is. */
  #flaw: string | undefined
  #table: Table | undefined = undefined
  #log: Log | undefined = undefined
  #missing = 0
  #replayedTo = 0

  constructor(place: JournalPlace, hold: Hold, flaw?: string) {
    this.#place = place
    this.#hold = hold
    this.#flaw = flaw
    this.#indexFolder = `${place.folder}/index`
  }

  async run(): Promise<DiskJournal> {
    const { disk, folder, clock, checkpointBytes = tailBytesMin } = this.#place
    const damage = await Damage.open(disk, folder)
    const index = await this.#openIndex()
    const checkpoint = await this.#readCheckpoint(index)
    damage.suspect(checkpoint.suspectUntil, checkpoint.where)
    this.#owners = new Owners(checkpoint.epoch)
    const repair = new Repair({
      index,
      log: () => this.#log,
      damage,
      checkpoint: () => checkpointing.checkpoint,
      found: (id, text) => this.#findings.add({ kind: 'index', isDamage: false, id, text }),
    })
    const shared = {
      clock,
      index,
      owners: this.#owners,
      tail: this.#tail,
      gate: this.#gate,
      damage,
      repair,
      checkpointBytes,
    }
    const checkpointing = new Checkpointing(shared, checkpoint)
    const log = await this.#openLog(checkpointing)
    this.#log = log
    this.#findings.addLog(log.findings, checkpoint.position)
    await this.#judge(log, checkpoint, { damage, checkpointing })
    if (this.#flaw !== undefined && log.tip > 1) {
      const text = `the index ${this.#flaw} and has been made anew from the log`
      this.#findings.add({ kind: 'index', isDamage: false, text })
    }
    const { compactBytes } = this.#place
    const findings = this.#findings
    const discardIndex = (): Promise<void> => this.#removeIndex()
    const parts = { ...shared, ...this.#hold, log, checkpointing, findings, discardIndex, compactBytes }
    return new DiskJournal(parts)
  }

  /** Throws the index away. */
  async discard(): Promise<void> {
    await this.close()
    await this.#removeIndex()
  }

  async #removeIndex(): Promise<void> {
    await this.#place.disk.remove(this.#indexFolder).catch(ignoreMissing)
  }

  async close(): Promise<void> {
    await this.#log?.close().catch(() => {})
    await this.#table?.close().catch(() => {})
    this.#table = this.#log = undefined
  }

  async #openIndex(): Promise<RecordIndex> {
    const { clock, table } = this.#place
    const turn = (): Promise<void> => new Promise((resolve) => clock.later(resolve))
    this.#table = await table(this.#indexFolder, turn)
    return new RecordIndex(this.#table, turn)
  }

  async #readCheckpoint(index: RecordIndex): Promise<Checkpoint> {
    const checkpoint = await index.checkpoint()
    if (checkpoint !== undefined) return checkpoint
    this.#flaw ??= 'had no checkpoint'
    await index.clear()
    return nothingIndexed
  }

  #openLog(checkpointing: Checkpointing): Promise<Log> {
    const { disk, folder, identity, clock, progress, segmentBytes } = this.#place
    return Log.open(
      { disk, folder, identity, clock, ...(segmentBytes === undefined ? {} : { segmentBytes }) },
      {
        after: checkpointing.position,
        replay: (records) => this.#replay(records, checkpointing),
        ...(progress === undefined ? {} : { progress }),
      },
    )
  }

  async #replay(records: readonly StoredRecord[], checkpointing: Checkpointing): Promise<void> {
    for (const stored of records) {
      const owner = this.#owners.orNew(stored.id)
      if (owner.records.length === 0) this.#owners.markDirty(owner)
      owner.records.push(this.#tail.takeStored(stored))
      this.#replayedTo = stored.position
    }
    if (this.#tail.bytes >= (this.#place.checkpointBytes ?? tailBytesMax / 2))
      this.#missing += await checkpointing.index(this.#replayedTo)
  }

  /** Whose records may have been in the holes that the index does not cover. */
  async #judge(
    log: Log,
    known: Checkpoint,
    { damage, checkpointing }: { readonly damage: Damage; readonly checkpointing: Checkpointing },
  ): Promise<void> {
    // No crash makes the log shorter than what is in the index. Unless that was closed with it, anything may have been behind its end.
    const isCut = log.findings.isShort === true && !known.isLast
    const from = isCut ? known.position : known.position + 1
    const holes = log.findings.holes.filter(({ toPosition }) => toPosition > from)
    // From now on something may be behind it.
    if (holes.length === 0 && known.isLast) await checkpointing.note()
    if (holes.length === 0) return
    const last = holes.at(-1)
    damage.suspect(
      (last?.toPosition ?? 1) - 1,
      holes.length === 1 ? placeOf(last) : `${placeOf(holes[0])} and elsewhere`,
    )
    // Numbers that are missing are found when records come into the index.
    this.#missing += await checkpointing.index(log.tip - 1)
    // What a compaction has dropped behind an index that is older than it is missing, too, and says nothing of the holes.
    const isWhole = log.segments.every(
      ({ isCompacted, endPosition }) => !isCompacted || endPosition - 1 <= known.position,
    )
    const isNew = known.suspectUntil <= damage.acceptedUntil
    if (isNew && isWhole && !isCut && this.#missing >= lostPositions(holes, known.position))
      damage.clearSuspicion()
    await checkpointing.note()
  }
}

function placeOf(hole: LogHole | undefined): string {
  return hole === undefined ? 'the log' : `${hole.file} at byte ${hole.offset}`
}

/** How many records may be missing; holes in the same positions are one. */
function lostPositions(holes: readonly LogHole[], indexedUpTo: number): number {
  let end = indexedUpTo + 1
  let lost = 0
  for (const { fromPosition, toPosition } of holes) {
    lost += Math.max(0, toPosition - Math.max(fromPosition, end))
    end = Math.max(end, toPosition)
  }
  return lost
}
