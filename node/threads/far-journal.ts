// A far journal: the node's journal as it is reached from another thread than the main one.
import { AppendParcel } from './append-parcel.ts'
import { closed, shown, tooLarge } from '../journal/refused-append.ts'
import { Fault } from '../../runtime/fault.ts'
import { journalPageBytesMax, journalPageRecordsMax } from './journal-desk.ts'
import { recordOverheadBytes, recordsOf } from './record-batch.ts'
import { recordsAtOnceMax } from '../../runtime/journal.ts'
import type { Done } from './append-parcel.ts'
import type { Clock } from '../../runtime/clock.ts'
import type {
  Append,
  Claim,
  FeedOptions,
  FeedPage,
  Journal,
  JournalHead,
  JournalRecord,
} from '../../runtime/journal.ts'
import type { Calls, Notes } from './orders.ts'

/** Bytes of appends of one thread that are on their way or wait to become safe, unless one alone has more. */
export const farJournalBytesMax = 8_388_608
/** Bytes of appends that wait in the thread until there is room for them. */
export const farJournalWaitingBytesMax = 33_554_432
/** How many may wait there. */
export const farJournalWaitingMax = 65_536
/** Bytes from which on a parcel is closed before the turn ends. */
const parcelBytesMin = 1_048_576
/** Records of the first page, whose size nobody knows. */
const firstPageRecords = 64

type Wakes = Calls['journal-wakes']['answer']

/** What a far journal is made from. */
export interface FarJournalParts {
  readonly thread: number
  readonly clock: Clock
  /** Asks the main thread; what is asked arrives in its order, among what is told. */
  call<V extends keyof Calls>(verb: V, input: Calls[V]['input']): Promise<Calls[V]['answer']>
  tell(verb: 'journal-release', input: Notes['journal-release']): void
}

/**
 * Gathers what is appended in a turn. Everything leaves in the order in which it was asked for, also where it has to wait for room; so a
 * claim finds all that was appended before it. Whose owner dies with its thread is refused by its epoch, as anywhere else.
 */
export class FarJournal implements Journal {
  readonly #parts: FarJournalParts
  #open = new AppendParcel()
  /** What has not left yet: parcels, and between them what must not overtake them. */
  #outgoing: (AppendParcel | (() => void))[] = []
  /** What has left, or had nothing to send, in its order; those who wait are told in that order. */
  readonly #sent: AppendParcel[] = []
  #underWayBytes = 0
  #waitingBytes = 0
  #waitingCount = 0
  #isDue = false
  #isClosed = false
  readonly #emptied: (() => void)[] = []

  constructor(parts: FarJournalParts) {
    this.#parts = parts
  }

  /** @throws {Fault} `journal-elsewhere` */
  get tip(): number {
    throw this.#elsewhere('tell the tip of the journal')
  }

  async recover(
    id: string,
    epoch: number | undefined,
    take: (records: readonly JournalRecord[]) => void,
  ): Promise<Claim> {
    const input = { id, epoch: epoch ?? null }
    const { claim, page, isAll } = await this.#ask(`recover "${id}"`, 'journal-recover', input)
    const first = recordsOf(page)
    try {
      if (first.length > 0) take(first)
      if (!isAll) await this.#recoverRest(id, claim, { first, take })
    } catch (error) {
      // Nobody knows of the claim.
      this.release(id, claim.epoch)
      throw error
    }
    return claim
  }

  append(append: Append, done: Done): void {
    const fault = this.#refusal(append)
    if (fault === undefined) {
      const before = this.#open.bytes
      this.#open.add(append, done)
      this.#waitingBytes += this.#open.bytes - before
      this.#waitingCount++
    } else this.#open.refuse(fault, done)
    if (this.#open.bytes >= parcelBytesMin) this.#close()
    this.#schedule()
  }

  release(id: string, epoch: number): void {
    if (!this.#isClosed) this.#inTurn(() => this.#parts.tell('journal-release', { id, epoch }))
  }

  async read(id: string, fromSeq: number, countMax: number): Promise<readonly JournalRecord[]> {
    const most = Math.min(countMax, recordsAtOnceMax)
    const records: JournalRecord[] = []
    const reader = { fromSeq, skip: 0, count: firstPageRecords }
    while (records.length < most) {
      const page = await this.#page(id, { ...reader, count: Math.min(reader.count, most - records.length) })
      records.push(...page)
      if (page.length === 0) break
      Object.assign(reader, after(records, page))
    }
    return records
  }

  async feed(from: number, { countMax, tags }: FeedOptions): Promise<FeedPage> {
    const input = { from, countMax, tags: tags ?? null }
    const { page, next } = await this.#ask('read the journal', 'journal-feed', input)
    return { records: recordsOf(page), next }
  }

  /** @throws {Fault} `journal-elsewhere` */
  onTip(): () => void {
    throw this.#elsewhere('follow the journal')
  }

  heads(after_: string | undefined, countMax: number): Promise<readonly JournalHead[]> {
    return this.#ask('list the journal', 'journal-heads', { after: after_ ?? null, countMax })
  }

  wakes(untilMs: number, countMax: number): Promise<Wakes> {
    return this.#ask('read what is due', 'journal-wakes', { untilMs, countMax })
  }

  /** Ends this way to the journal; the journal itself goes on. */
  close(): Promise<void> {
    this.#isClosed = true
    this.#close()
    return new Promise((resolve) => {
      this.#emptied.push(resolve)
      this.#schedule()
    })
  }

  /** Nobody else appends meanwhile, or this one is no owner any more: what was found by the claim is read as it was. */
  async #recoverRest(
    id: string,
    claim: Claim,
    { first, take }: { first: JournalRecord[]; take: (records: readonly JournalRecord[]) => void },
  ): Promise<void> {
    let { seq } = first.at(-1) ?? { seq: 0 }
    let reader = after(first, first)
    while (seq < claim.seq) {
      const page = await this.#page(id, { ...reader, fromSeq: seq + 1, skip: 0 })
      const commits = page.filter((record) => record.kind === 'commit' && record.seq <= claim.seq)
      const [next] = page
      if (next === undefined || next.seq !== seq + 1) throw this.#overtaken(id, claim)
      seq = page.at(-1)?.seq ?? seq
      reader = after(page, page)
      if (commits.length > 0) take(commits)
    }
  }

  async #page(id: string, from: { fromSeq: number; skip: number; count: number }): Promise<JournalRecord[]> {
    const { count, ...rest } = from
    return recordsOf(
      await this.#ask(`read the records of "${id}"`, 'journal-read', { id, ...rest, countMax: count }),
    )
  }

  /** Asks behind all that was appended before. */
  #ask<V extends keyof Calls>(
    attempt: string,
    verb: V,
    input: Calls[V]['input'],
  ): Promise<Calls[V]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) {
        reject(closed(attempt))
        return
      }
      this.#inTurn(() => void this.#parts.call(verb, input).then(resolve, reject))
    })
  }

  /** Does it behind all that was appended before: at once, if nothing waits. */
  #inTurn(run: () => void): void {
    this.#close()
    this.#outgoing.push(run)
    this.#pump()
  }

  #close(): void {
    if (this.#open.isEmpty) return
    this.#outgoing.push(this.#open)
    this.#open = new AppendParcel()
  }

  /** At the end of the turn; nobody is told anything within a call. */
  #schedule(): void {
    if (this.#isDue) return
    this.#isDue = true
    this.#parts.clock.soon(() => {
      this.#isDue = false
      this.#close()
      this.#pump()
      this.#settle()
    })
  }

  #pump(): void {
    const { length } = this.#outgoing
    let gone = 0
    for (; gone < length; gone++) {
      const next = this.#outgoing[gone]
      if (next instanceof AppendParcel && !this.#hasRoom(next.bytes)) break
      if (next instanceof AppendParcel) this.#send(next)
      else next?.()
    }
    this.#outgoing = this.#outgoing.slice(gone)
  }

  #hasRoom(bytes: number): boolean {
    return this.#underWayBytes === 0 || this.#underWayBytes + bytes <= farJournalBytesMax
  }

  #send(parcel: AppendParcel): void {
    this.#sent.push(parcel)
    const { bytes, count } = parcel
    this.#waitingBytes -= bytes
    this.#waitingCount -= count
    if (count === 0) {
      parcel.answer(null)
      this.#schedule()
      return
    }
    this.#underWayBytes += bytes
    const answered = (): void => {
      this.#underWayBytes -= bytes
      this.#schedule()
    }
    void this.#parts
      .call('journal-append', parcel.take())
      .then(
        (faults) => parcel.answer(faults),
        (fault: unknown) => parcel.lose(Fault.wrap(fault, 'call-failed', 'Cannot append')),
      )
      .then(answered)
  }

  #settle(): void {
    try {
      for (let first = this.#sent[0]; first?.isAnswered === true; first = this.#sent[0]) {
        this.#sent.shift()
        first.settle()
      }
    } finally {
      if (this.#sent[0]?.isAnswered === true) this.#schedule()
    }
    if (this.#sent.length > 0 || this.#outgoing.length > 0 || !this.#open.isEmpty) return
    for (const emptied of this.#emptied.splice(0)) emptied()
  }

  #refusal(append: Append): Fault | undefined {
    if (this.#isClosed) return closed(`keep ${shown(append)}`)
    const isFull =
      this.#waitingCount >= farJournalWaitingMax ||
      this.#waitingBytes + append.body.byteLength + recordOverheadBytes > farJournalWaitingBytesMax
    return tooLarge(append) ?? (isFull ? this.#busy(append) : undefined)
  }

  #busy(append: Append): Fault {
    const held = `${this.#waitingCount} of ${farJournalWaitingMax} appends and ${this.#waitingBytes} of ${farJournalWaitingBytesMax} bytes`
    return new Fault('journal-busy', `Cannot keep ${shown(append)}: ${held} wait for the disk`, {
      hint: 'Try again once others have been kept, or persist less often.',
      details: { id: append.id, waitingCount: this.#waitingCount, waitingBytes: this.#waitingBytes },
    })
  }

  #overtaken(id: string, { epoch }: Claim): Fault {
    return new Fault(
      'journal-fenced',
      `Cannot recover "${id}" with epoch ${epoch}: its records changed meanwhile`,
      {
        hint: 'Leave the actor to who has claimed it since, or claim it again.',
        details: { id, epoch },
      },
    )
  }

  #elsewhere(attempt: string): Fault {
    return new Fault('journal-elsewhere', `Cannot ${attempt}: this is thread ${this.#parts.thread}`, {
      hint: 'Follow the journal in the main thread of the node.',
    })
  }
}

/** Where to go on reading, and how many records one page should have by the size of the last ones. */
function after(
  records: readonly JournalRecord[],
  page: readonly JournalRecord[],
): { readonly fromSeq: number; readonly skip: number; readonly count: number } {
  const fromSeq = records.at(-1)?.seq ?? 0
  const bytes = page.reduce((sum, { body }) => sum + body.byteLength + recordOverheadBytes, 0)
  const fitting = Math.floor(journalPageBytesMax / (bytes / page.length))
  return {
    fromSeq,
    skip: records.filter(({ seq }) => seq === fromSeq).length,
    count: Math.min(Math.max(fitting, 1), journalPageRecordsMax),
  }
}
