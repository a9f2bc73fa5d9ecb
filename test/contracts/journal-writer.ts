// A journal's writer in tests: the owner of one actor's records, who knows the next number.
import type { Fault } from '../../runtime/fault.ts'
import type { Append, FeedOptions, Journal, JournalRecord } from '../../runtime/journal.ts'

export type More = Partial<Omit<Append, 'body'>> & { readonly body?: Uint8Array | string }

/** Appends, and resolves with the fault or with nothing. */
export function keep(journal: Journal, append: Append): Promise<Fault | undefined> {
  return new Promise((resolve) => journal.append(append, resolve))
}

export function appendOf(id: string, epoch: number, seq: number, more: More = {}): Append {
  const { body = `${id} ${seq}`, ...rest } = more
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return { id, epoch, seq, kind: 'commit', atMs: 1_000 + seq, tags: [], ...rest, body: bytes }
}

export class Writer {
  readonly journal: Journal
  readonly id: string
  readonly epoch: number
  seq: number
  /** What was found when it became the owner. */
  readonly found: readonly JournalRecord[]

  static async open(journal: Journal, id: string, epoch?: number): Promise<Writer> {
    const found: JournalRecord[] = []
    const claim = await journal.recover(id, epoch, (records) => void found.push(...records))
    return new Writer(journal, id, claim, found)
  }

  constructor(
    journal: Journal,
    id: string,
    claim: { readonly epoch: number; readonly seq: number },
    found: readonly JournalRecord[],
  ) {
    this.journal = journal
    this.id = id
    this.epoch = claim.epoch
    this.seq = claim.seq
    this.found = found
  }

  /** Keeps the next record. */
  commit(more: More = {}): Promise<Fault | undefined> {
    return keep(this.journal, this.next(more))
  }

  /** Keeps what stands for all records so far. */
  snapshot(more: More = {}): Promise<Fault | undefined> {
    return keep(this.journal, appendOf(this.id, this.epoch, this.seq, { kind: 'snapshot', ...more }))
  }

  async commits(count: number, more: More = {}): Promise<void> {
    const faults = await Promise.all(Array.from({ length: count }, () => this.commit(more)))
    const fault = faults.find((one) => one !== undefined)
    if (fault !== undefined) throw fault
  }

  next(more: More = {}): Append {
    return appendOf(this.id, this.epoch, ++this.seq, more)
  }
}

export function textOf({ body }: { readonly body: Uint8Array }): string {
  return Buffer.from(body).toString()
}

/** What a record says, in short. */
export function told(records: readonly JournalRecord[]): string[] {
  return records.map(({ kind, seq }) => `${kind} ${seq}`)
}

/** All that a feed has to give, from a position on, and the position behind it. */
export async function drain(
  journal: Journal,
  options: FeedOptions,
  from: number = 1,
): Promise<{ readonly records: JournalRecord[]; readonly next: number; readonly pages: number }> {
  const records: JournalRecord[] = []
  let pages = 0
  for (let next = from; ; pages++) {
    const page = await journal.feed(next, options)
    records.push(...page.records)
    if (page.next === next) return { records, next, pages }
    next = page.next
  }
}
