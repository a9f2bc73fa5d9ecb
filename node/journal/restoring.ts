// A restoring: records of an export on their way into a journal, each behind what its actor has there already.
import { Fault } from '../../runtime/fault.ts'
import { describeThrown } from '../../runtime/thrown.ts'
import { AppendBatch } from './append-batch.ts'
import { fromExactJson, toExactJson } from './exact-json.ts'
import { KnownRecords } from './known-records.ts'
import { columnOf, malformed } from './export-line.ts'
import type { JournalRecord, RecordKind } from '../../runtime/journal.ts'
import type { Archive } from './archive.ts'
import type { RecordLine } from './export-line.ts'

/** Actors that one import may bring: about 200 MB of what has to be remembered of them. */
export const importActorsMax = 1_000_000
/** Records that may wait at once for the one that they go on from; it comes soon, or never. */
export const looseRecordsMax = 10_000

/** Where a line stands. */
export interface LinePlace {
  readonly text: string
  readonly number: number
}

/** How far one actor is. */
interface Standing {
  /** What is taken off a number of the file to get that in the journal. */
  shift: number
  /** Number of the last record in the journal, as far as it is known. */
  seq: number
  epoch: number
  /** Whether the lines are still among those that the journal had before. */
  isKnown: boolean
}

interface Loose {
  readonly line: RecordLine
  readonly place: LinePlace
}

export class Restoring {
  readonly #archive: Archive
  readonly #standings = new Map<string, Standing>()
  readonly #wakes = new Map<string, number>()
  readonly #loose = new Map<string, Loose[]>()
  readonly #batch: AppendBatch
  readonly #known: KnownRecords
  #looseCount = 0
  #dropped = 0
  #added = 0
  #present = 0

  constructor(archive: Archive) {
    this.#archive = archive
    this.#batch = new AppendBatch(archive.journal, archive.clock)
    this.#known = new KnownRecords(archive.journal)
  }

  get counts(): Record<'records' | 'present' | 'loose' | 'actors' | 'renumbered', number> {
    const added = [...this.#standings.values()].filter(({ isKnown }) => !isKnown)
    return {
      records: this.#added,
      present: this.#present,
      loose: this.#dropped + this.#looseCount,
      actors: added.length,
      renumbered: added.filter(({ shift }) => shift !== 0).length,
    }
  }

  /** When an actor has to be awake: it is said with its records. */
  wake(id: string, wakeMs: number, number: number): void {
    if (this.#wakes.size >= importActorsMax) throw tooMany(id, number)
    this.#wakes.set(id, wakeMs)
  }

  /** @throws {Fault} `import-refused` `export-malformed` and those of the journal */
  async take(line: RecordLine, place: LinePlace): Promise<void> {
    const { id } = line
    const standing = this.#standings.get(id)
    if (standing !== undefined) {
      await this.#next(standing, line, place)
      return
    }
    if (line.kind === 'commit' && line.seq !== 1) {
      this.#wait(line, place)
      return
    }
    await this.#next(await this.#begin(line, place), line, place)
    const waiting = this.#loose.get(id) ?? []
    this.#loose.delete(id)
    this.#looseCount -= waiting.length
    for (const loose of waiting) {
      // The others are in what it says.
      if (loose.line.seq > line.seq) await this.take(loose.line, loose.place)
    }
  }

  /** Waits until all is safe. */
  async finish(): Promise<void> {
    await this.#batch.flush()
  }

  /** Leaves the actors to whoever comes to live with their records. */
  release(): void {
    for (const [id, { epoch, isKnown }] of this.#standings)
      if (!isKnown) this.#archive.journal.release(id, epoch)
  }

  /** A commit whose snapshot was written behind it; or what is left of records that were dropped. */
  #wait(line: RecordLine, place: LinePlace): void {
    if (this.#looseCount >= looseRecordsMax) {
      this.#dropped++
      return
    }
    const waiting = this.#loose.get(line.id) ?? []
    waiting.push({ line, place })
    this.#loose.set(line.id, waiting)
    this.#looseCount++
  }

  /** The first line of an actor that something can be begun with. */
  async #begin(line: RecordLine, place: LinePlace): Promise<Standing> {
    const { id, seq, epoch } = line
    if (this.#standings.size >= importActorsMax) throw tooMany(id, place.number)
    const [first] = await this.#known.from(id, 1)
    const standing: Standing =
      first === undefined
        ? { shift: 0, seq: 0, epoch: 0, isKnown: false }
        : { shift: seq - first.seq, seq: first.seq - 1, epoch: first.epoch, isKnown: true }
    this.#standings.set(id, standing)
    if (standing.isKnown) return standing
    await this.#claim(standing, line, place, epoch)
    standing.shift = seq - standing.seq - 1
    return standing
  }

  async #next(standing: Standing, line: RecordLine, place: LinePlace): Promise<void> {
    if (standing.isKnown && (await this.#isPresent(standing, line, place))) {
      this.#present++
      return
    }
    if (standing.isKnown) {
      const { seq } = standing
      await this.#claim(standing, line, place)
      if (standing.seq !== seq)
        throw refused(line.id, place, `it has ${standing.seq} records, the file ${seq}`)
    } else if (line.epoch > standing.epoch) await this.#claim(standing, line, place, line.epoch)
    this.#append(standing, line, place)
    if (this.#batch.isFull) await this.#batch.flush()
  }

  /** Whether the journal has the record, as far as it had any before. @throws {Fault} `import-refused` it has another one */
  async #isPresent(standing: Standing, line: RecordLine, place: LinePlace): Promise<boolean> {
    const seq = line.seq - standing.shift
    const found = await this.#known.from(line.id, seq)
    const [first] = found
    // A journal need not keep every snapshot.
    if (first === undefined) return line.kind === 'snapshot' && seq <= standing.seq
    const same = found.find((record) => record.seq === seq && isAlike(record.kind, line.kind))
    if (same === undefined && line.kind === 'snapshot' && first.seq <= seq) return true
    if (same === undefined || !this.#says(same, line)) {
      throw refused(line.id, place, `its record ${seq} is not the one of the file`)
    }
    standing.seq = Math.max(standing.seq, seq)
    return true
  }

  #says(record: JournalRecord, line: RecordLine): boolean {
    const { atMs, tags, body } = record
    if (atMs !== line.atMs || JSON.stringify(tags) !== JSON.stringify(line.tags)) return false
    if (line.body !== undefined) return Buffer.compare(body, line.body) === 0
    try {
      return JSON.stringify(toExactJson(this.#archive.codec.decode(body))) === JSON.stringify(line.commit)
    } catch {
      return false
    }
  }

  async #claim(standing: Standing, { id }: RecordLine, place: LinePlace, wanted?: number): Promise<void> {
    if (this.#archive.isAlive(id)) throw refused(id, place, 'it lives')
    if (this.#batch.has(id)) await this.#batch.flush()
    this.#known.forget(id)
    const { journal } = this.#archive
    const claim = await journal
      .recover(id, wanted, () => {})
      .catch((error: unknown) => {
        const isFenced = wanted !== undefined && Fault.is(error) && error.code === 'journal-fenced'
        // The journal has given higher epochs than the file knows of: what counts is that they rise.
        if (isFenced) return journal.recover(id, undefined, () => {})
        throw error
      })
    standing.isKnown = false
    standing.epoch = claim.epoch
    standing.seq = claim.seq
  }

  #append(standing: Standing, line: RecordLine, place: LinePlace): void {
    const { id, atMs, tags } = line
    const isSnapshot = line.kind === 'snapshot'
    let seq = line.seq - standing.shift
    // A snapshot that nothing lies before says all there is, and so does one behind a hole.
    const isBase = isSnapshot && seq > standing.seq
    const kind = isBase ? 'whole' : line.kind
    if (seq !== standing.seq + 1 && (kind === 'whole' || kind === 'end')) {
      standing.shift = line.seq - standing.seq - 1
      seq = standing.seq + 1
    }
    if (kind !== 'snapshot' && seq !== standing.seq + 1) {
      throw refused(id, place, `its record ${line.seq} follows record ${standing.seq + standing.shift}`)
    }
    const wakeMs = this.#wakes.get(id) ?? Infinity
    const body = this.#bodyOf(line, place)
    this.#batch.add({
      id,
      epoch: standing.epoch,
      seq,
      kind,
      atMs,
      body,
      tags,
      ...(kind === 'end' ? {} : { wakeMs }),
    })
    this.#added++
    if (kind !== 'snapshot') standing.seq = seq
  }

  /** @throws {Fault} `export-malformed` it says what no commit can */
  #bodyOf({ id, seq, body, commit }: RecordLine, { text, number }: LinePlace): Uint8Array {
    if (body !== undefined) return body
    const { codec, refAt } = this.#archive
    try {
      const value = fromExactJson(commit, refAt)
      if (typeof value !== 'object' || value === null) throw new TypeError('it is no commit')
      const bytes = codec.encode(value, `import record ${seq} of "${id}"`).slice()
      // What was made of a file must be read again as anything else is that comes from outside.
      codec.decode(bytes)
      return bytes
    } catch (error) {
      throw malformed(number, columnOf(text, 'commit'), describeThrown(error).message)
    }
  }
}

/** A snapshot that nothing lay before has become a whole record. */
function isAlike(kept: RecordKind, given: RecordKind): boolean {
  return kept === given || (kept === 'whole' && given === 'snapshot')
}

function refused(id: string, { number }: LinePlace, how: string): Fault {
  return new Fault('import-refused', `Cannot import the records of "${id}" from line ${number} on: ${how}`, {
    hint: 'Import into a journal that does not have this actor, or where it has been stopped and has records of this file alone.',
    details: { id, line: number },
  })
}

function tooMany(id: string, number: number): Fault {
  return refused(id, { text: '', number }, `the file has more than ${importActorsMax} actors`)
}
