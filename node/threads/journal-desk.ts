// A journal's desk: gives the other threads of the node their part in its journal.
import { appendsOf, BatchBuilder, recordOverheadBytes } from './record-batch.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Journal, JournalRecord } from '../../runtime/journal.ts'
import type { Calls } from './orders.ts'
import type { RecordBatch } from './record-batch.ts'

/** Bytes of records in one answer, unless the first one alone has more. */
export const journalPageBytesMax = 4_194_304
/** Records in one answer. */
export const journalPageRecordsMax = 1_000
/** Owners in other threads that are remembered, to be let go with their thread. */
export const farOwnersMax = 1_000_000

/** Who may append in the name of an actor, and in which thread that was last known to be. */
interface Owner {
  readonly epoch: number
  thread: number
}

export class JournalDesk {
  readonly #journal: Journal
  readonly #isAlive: (thread: number) => boolean
  readonly #owners = new Map<string, Owner>()

  /** @param isAlive whether a thread still runs */
  constructor(journal: Journal, isAlive: (thread: number) => boolean) {
    this.#journal = journal
    this.#isAlive = isAlive
  }

  /** Answers a call; undefined of one that is not about the journal. Inputs come from threads of this node, so they are what `Calls` says. */
  answer(thread: number, verb: string, input: unknown): Promise<unknown> | undefined {
    switch (verb) {
      case 'journal-append':
        return this.#append(input as Calls['journal-append']['input'])
      case 'journal-recover':
        return this.#recover(thread, input as Calls['journal-recover']['input'])
      case 'journal-read':
        return this.#read(input as Calls['journal-read']['input'])
      case 'journal-feed':
        return this.#feed(input as Calls['journal-feed']['input'])
      case 'journal-heads': {
        const { after, countMax } = input as Calls['journal-heads']['input']
        return this.#journal.heads(after ?? undefined, countMax)
      }
      case 'journal-wakes': {
        const { untilMs, countMax } = input as Calls['journal-wakes']['input']
        return this.#journal.wakes(untilMs, countMax)
      }
      default:
        return undefined
    }
  }

  release({ id, epoch }: { readonly id: string; readonly epoch: number }): void {
    if (this.#owners.get(id)?.epoch === epoch) this.#owners.delete(id)
    this.#journal.release(id, epoch)
  }

  /** A thread runs no more. @param homeOf in which thread an actor lives now: one that has moved away is still the owner */
  threadLost(thread: number, homeOf: (id: string) => number | undefined): void {
    for (const [id, owner] of this.#owners) {
      if (owner.thread !== thread) continue
      owner.thread = homeOf(id) ?? thread
      if (owner.thread === thread) this.release({ id, epoch: owner.epoch })
    }
  }

  #append(batch: RecordBatch): Promise<Calls['journal-append']['answer']> {
    const appends = appendsOf(batch)
    const faults: (Fault | null)[] = []
    return new Promise((resolve) => {
      for (const append of appends)
        this.#journal.append(append, (fault) => {
          faults.push(fault ?? null)
          if (faults.length < appends.length) return
          resolve(faults.some((one) => one !== null) ? faults : null)
        })
    })
  }

  /** Answers with the first records; the rest is read when it is asked for, so that it never lies here. */
  async #recover(
    thread: number,
    { id, epoch }: Calls['journal-recover']['input'],
  ): Promise<Calls['journal-recover']['answer']> {
    const page = new BatchBuilder()
    let isAll = true
    const claim = await this.#journal.recover(id, epoch ?? undefined, (records) => {
      isAll &&= addAll(page, records) === records.length
    })
    if (this.#isAlive(thread)) this.#own(id, { epoch: claim.epoch, thread })
    else this.#journal.release(id, claim.epoch)
    return { claim, page: page.take(), isAll }
  }

  #own(id: string, owner: Owner): void {
    const last = this.#owners.get(id)
    // Two may claim at once, and the higher one is heard first.
    if (last !== undefined && last.epoch > owner.epoch) return
    if (last === undefined && this.#owners.size >= farOwnersMax) {
      const [oldest = id] = this.#owners.keys()
      this.#owners.delete(oldest)
    }
    this.#owners.set(id, owner)
  }

  /** Leaves out the first ones, which are known: a snapshot has the number of its commit. */
  async #read({ id, fromSeq, countMax, skip }: Calls['journal-read']['input']): Promise<RecordBatch> {
    const page = new BatchBuilder()
    const most = Math.min(countMax, journalPageRecordsMax)
    const records = await this.#journal.read(id, fromSeq, most + skip)
    addAll(page, records.slice(skip))
    return page.take()
  }

  async #feed({
    from,
    countMax,
    tags,
  }: Calls['journal-feed']['input']): Promise<Calls['journal-feed']['answer']> {
    const page = new BatchBuilder()
    const most = Math.min(countMax, journalPageRecordsMax)
    const { records, next } = await this.#journal.feed(from, { countMax: most, tags: tags ?? undefined })
    const added = addAll(page, records)
    return { page: page.take(), next: records[added]?.position ?? next }
  }
}

/** Adds records as long as the page has room, one at least; returns how many. */
function addAll(page: BatchBuilder, records: readonly JournalRecord[]): number {
  let added = 0
  for (const record of records) {
    const bytes = page.bytes + record.body.byteLength + recordOverheadBytes
    if (page.count > 0 && (bytes > journalPageBytesMax || page.count >= journalPageRecordsMax)) break
    page.add(record)
    added++
  }
  return added
}
