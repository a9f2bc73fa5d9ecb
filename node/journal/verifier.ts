// A verifier: reads all of a journal and compares what the log and the index say of each actor.
import { crc32 } from 'node:zlib'
import { Findings } from './findings.ts'
import { checkCancelled } from './compactor.ts'
import { isIndexDamage } from './recovery.ts'
import { advance, isSuperseded, newHead } from './index/head.ts'
import type { CancelSignal } from '../../runtime/cancel-signal.ts'
import type { Checkpointing } from './checkpointing.ts'
import type { Gate } from './gate.ts'
import type { Head } from './index/head.ts'
import type { JournalRecord } from '../../runtime/journal.ts'
import type { Log } from './log/log.ts'
import type { RecordIndex } from './index/record-index.ts'
import type { StoredRecord } from './log/stored-record.ts'
import type { UpkeepOptions, VerifyReport } from './upkeep.ts'

/** Records that are read at once. */
const recordsAtOnce = 5_000
/** Heads that are read at once. */
const headsAtOnce = 1_000

export interface VerifierParts {
  readonly log: Log
  readonly index: RecordIndex
  readonly gate: Gate
  readonly checkpointing: Checkpointing
  /** Those of the journal while it is open. */
  readonly findings: Findings
  readonly tip: () => number
}

/** What the log says of one actor. */
interface Account {
  readonly head: Head
  /** Of its numbered records that are kept, whatever their order. */
  sum: number
  /** Of the newest snapshot and of the one before it: of two with one number the last counts. */
  readonly snapshots: Map<number, number>
}

/** What of an actor is compared. */
type Bounds = Pick<Head, 'floor' | 'snapshotSeq' | 'previousSeq'>

/** Memory is taken for each actor, none for its records. */
export class Verifier {
  readonly #parts: VerifierParts
  readonly #findings = new Findings()
  readonly #accounts = new Map<string, Account>()
  readonly #bounds = new Map<string, Bounds>()
  #records = 0

  constructor(parts: VerifierParts) {
    this.#parts = parts
  }

  async run(options: UpkeepOptions): Promise<VerifyReport> {
    const { log, checkpointing, findings, tip } = this.#parts
    const bytes = log.bytes
    this.#findings.addLog(log.findings, checkpointing.position)
    for (const one of findings.list) if (one.kind === 'compaction') this.#findings.add(one)
    await checkpointing.run(tip)
    const upTo = checkpointing.position
    await this.#eachHead(options.signal, async (id, head) => {
      const { floor, snapshotSeq, previousSeq } = head ?? newHead()
      this.#bounds.set(id, { floor, snapshotSeq, previousSeq })
    })
    await this.#readLog(upTo, bytes, options)
    await this.#eachHead(options.signal, (id, head) => this.#compare(id, head, upTo))
    for (const [id, { head }] of this.#accounts) this.#differs(id, head.seq, 'the index does not know it')
    options.progress?.(bytes, bytes)
    const { list, count, damaged } = this.#findings
    return {
      actors: this.#bounds.size,
      records: this.#records,
      bytes,
      segments: log.segments.length,
      findings: list,
      findingsCount: count,
      damaged,
    }
  }

  async #readLog(upTo: number, bytes: number, { signal, progress }: UpkeepOptions): Promise<void> {
    let from = 1
    while (from <= upTo) {
      checkCancelled(signal, 'verify the journal')
      const page = await this.#parts.log.read(from, recordsAtOnce)
      for (const { file, offset, bytes: lost, fromPosition, toPosition } of page.holes) {
        if (lost === 0 || this.#findings.list.some((one) => one.file === file && one.offset === offset))
          continue
        const text = `${lost} bytes of ${file} at ${offset} are not what was written`
        const positions = [fromPosition, toPosition] as const
        this.#findings.add({ kind: 'hole', isDamage: true, file, offset, bytes: lost, positions, text })
      }
      for (const record of page.records) {
        if (record.position > upTo) continue
        this.#records++
        this.#take(record)
      }
      if (page.next <= from) return
      from = page.next
      progress?.(Math.round((bytes * Math.min(from - 1, upTo)) / Math.max(upTo, 1)), bytes)
    }
  }

  #take(record: StoredRecord): void {
    const { id, seq, kind } = record
    const account = this.#accounts.get(id) ?? { head: newHead(), sum: 0, snapshots: new Map() }
    this.#accounts.set(id, account)
    advance(account.head, record)
    const bounds = this.#bounds.get(id) ?? newHead()
    if (isSuperseded(bounds, kind, seq)) return
    if (kind !== 'snapshot') account.sum = added(account.sum, mark(record))
    else if (seq === bounds.snapshotSeq || seq === bounds.previousSeq)
      account.snapshots.set(seq, mark(record))
  }

  async #compare(id: string, head: Head | undefined, upTo: number): Promise<void> {
    const account = this.#accounts.get(id)
    this.#accounts.delete(id)
    if (head === undefined) return this.#differs(id, 1, 'what the index knows of them cannot be read')
    // It has gone on meanwhile: what is compared is not the same any more.
    if (head.position > upTo || head.floor !== this.#bounds.get(id)?.floor) return
    if (account === undefined) return this.#differs(id, head.firstSeq, 'the log has none of them')
    if (account.head.seq !== head.seq || account.head.position !== head.position) {
      const how = `the log has them up to ${account.head.seq}, the index up to ${head.seq}`
      if (account.head.seq < head.seq) this.#lost(id, account.head.seq + 1, how)
      else this.#differs(id, head.seq + 1, how)
      return
    }
    try {
      const sum = await this.#sum(id, head.floor)
      if (sum !== account.snapshots.values().reduce(added, account.sum))
        this.#differs(id, head.firstSeq, 'the log and the index have different ones')
    } catch (error) {
      if (!isIndexDamage(error)) throw error
      this.#differs(id, head.firstSeq, 'those in the index cannot be read')
    }
  }

  async #sum(id: string, floor: number): Promise<number> {
    const { index } = this.#parts
    let sum = 0
    for (const pages of [index.pages(id, floor), index.wholes(id, floor)]) {
      for await (const page of pages) for (const record of page) sum = added(sum, mark(record))
    }
    return sum
  }

  async #eachHead(
    signal: CancelSignal | undefined,
    visit: (id: string, head: Head | undefined) => Promise<void>,
  ): Promise<void> {
    const { gate, index } = this.#parts
    let after: string | undefined
    for (;;) {
      checkCancelled(signal, 'verify the journal')
      const from = after
      after = await gate.run(async () => {
        const heads = await index.headsAfter(from, headsAtOnce)
        for (const [id, head] of heads) await visit(id, head)
        return heads.at(-1)?.[0]
      })
      if (after === undefined) return
    }
  }

  /** The log does not have what the index has, or had. */
  #lost(id: string, seq: number, how: string): void {
    this.#findings.add({ kind: 'actor', isDamage: true, id, seq, text: `records of "${id}": ${how}` })
  }

  /** The log is the truth: where it is whole nothing is lost, and what is read of the index is made anew. */
  #differs(id: string, seq: number, how: string): void {
    if (this.#findings.damaged > 0) this.#lost(id, seq, how)
    else this.#findings.add({ kind: 'index', isDamage: false, id, seq, text: `records of "${id}": ${how}` })
  }
}

function added(sum: number, one: number): number {
  return (sum + one) >>> 0
}

function mark({ seq, kind, body }: JournalRecord): number {
  return crc32(body, (seq + kind.length * 7) >>> 0)
}
