// A verification of a journal: what the disk says of its bytes, and what its records say of themselves.
import { cancelledFault } from '../verbs/within.ts'
import { Fault } from '../../runtime/fault.ts'
import { recordsOf } from './records-of.ts'
import { findingsMax } from './upkeep.ts'
import type { JournalRecord } from '../../runtime/journal.ts'
import type { Archive } from './archive.ts'
import type { Following } from './journal-export.ts'
import type { JournalFinding, VerifyReport } from './upkeep.ts'

/** Heads that are read at once. */
const pageMax = 128

export interface Verified {
  readonly isWhole: boolean
  readonly actors: number
  readonly records: number
  /** Left out of a journal that has no files. */
  readonly bytes?: number
  readonly segments?: number
  /** At most `findingsMax`. */
  readonly findings: readonly JournalFinding[]
  readonly findingsCount: number
  readonly damaged: number
}

/** Reads everything. @throws {Fault} `command-cancelled` and those of the journal */
export async function verifyJournal(archive: Archive, { signal, progress }: Following): Promise<Verified> {
  const { tip } = archive.journal
  const all = archive.upkeep === undefined ? tip : tip * 2
  const files = await archive.upkeep?.verify({
    signal,
    progress: (done, most) => progress?.(most === 0 ? 0 : (done / most) * tip, all),
  })
  const looking = new Looking(archive, files)
  await looking.run(signal, (records) => progress?.(all - tip + Math.min(records, tip), all))
  const { findings, findingsCount, damaged } = looking
  return {
    isWhole: damaged === 0,
    actors: looking.actors,
    records: looking.records,
    ...(files === undefined ? {} : { bytes: files.bytes, segments: files.segments }),
    findings,
    findingsCount,
    damaged,
  }
}

class Looking {
  readonly #archive: Archive
  readonly findings: JournalFinding[]
  /** Actors of which damage is known already. */
  readonly #damaged: ReadonlySet<string>
  readonly #isLogWhole: boolean
  findingsCount: number
  damaged: number
  actors = 0
  records = 0

  constructor(archive: Archive, files: VerifyReport | undefined) {
    this.#archive = archive
    this.findings = [...(files?.findings ?? [])]
    this.findingsCount = files?.findingsCount ?? 0
    this.damaged = files?.damaged ?? 0
    this.#isLogWhole = files?.damaged === 0
    this.#damaged = new Set(
      this.findings.flatMap(({ id, isDamage }) => (isDamage && id !== undefined ? id : [])),
    )
  }

  async run(signal: AbortSignal, progress: (records: number) => void): Promise<void> {
    for (let after: string | undefined; ;) {
      const heads = await this.#archive.journal.heads(after, pageMax)
      for (const { id } of heads) {
        if (signal.aborted) throw cancelledFault()
        this.actors++
        await this.#look(id, signal)
        progress(this.records)
      }
      if (heads.length === 0) return
      after = heads.at(-1)?.id
    }
  }

  async #look(id: string, signal: AbortSignal): Promise<void> {
    let last: JournalRecord | undefined
    try {
      for await (const record of recordsOf(this.#archive.journal, id, 1)) {
        if (signal.aborted) return
        this.records++
        await this.#check(record, last)
        if (record.kind !== 'snapshot' || last === undefined) last = record
      }
    } catch (error) {
      if (!Fault.is(error) || error.code !== 'journal-damaged') throw error
      this.#unreadable(id, (last?.seq ?? 0) + 1, error.message)
    }
  }

  async #check(record: JournalRecord, last: JournalRecord | undefined): Promise<void> {
    const { id, seq, epoch, kind, body } = record
    if (
      last !== undefined &&
      kind !== 'snapshot' &&
      seq !== last.seq + 1 &&
      (await this.#isKept(id, last.seq))
    ) {
      this.#found(id, last.seq + 1, `record ${seq} of "${id}" follows record ${last.seq}`)
    }
    if (last !== undefined && epoch < last.epoch && kind !== 'snapshot') {
      this.#found(id, seq, `record ${seq} of "${id}" is of epoch ${epoch}, the one before of ${last.epoch}`)
    }
    if (body.byteLength === 0) return
    try {
      this.#archive.codec.decode(body)
    } catch (error) {
      if (!Fault.is(error)) throw error
      this.#found(id, seq, `record ${seq} of "${id}" says nothing: ${error.message}`)
    }
  }

  /** Whoever writes may have dropped what was read a moment ago. */
  async #isKept(id: string, seq: number): Promise<boolean> {
    const [first] = await this.#archive.journal.read(id, 1, 1)
    return first !== undefined && first.seq <= seq
  }

  /** What a whole log has is not lost, whatever the index says. */
  #unreadable(id: string, seq: number, text: string): void {
    if (this.#isLogWhole) this.#add({ kind: 'index', isDamage: false, id, seq, text })
    else if (!this.#damaged.has(id)) this.#found(id, seq, text)
  }

  #found(id: string, seq: number, text: string): void {
    this.#add({ kind: 'actor', isDamage: true, id, seq, text })
  }

  #add(finding: JournalFinding): void {
    this.findingsCount++
    if (finding.isDamage) this.damaged++
    if (this.findings.length < findingsMax) this.findings.push(finding)
  }
}
