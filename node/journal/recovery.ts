// Recovery: makes somebody the owner of an actor's records and reads them, many actors at a time.
import { Fault } from '../../runtime/fault.ts'
import { claimFenced } from './refused-append.ts'
import { damaged } from './damage.ts'
import { firstCommit } from './index/head.ts'
import { indexDamaged, records as pageRecords } from './index/record-index.ts'
import { handOut } from './tail.ts'
import type { Claim, JournalRecord } from '../../runtime/journal.ts'
import type { Clock } from '../../runtime/clock.ts'
import type { Damage } from './damage.ts'
import type { Gate } from './gate.ts'
import type { Head } from './index/head.ts'
import type { Owner, Owners } from './owners.ts'
import type { RecordIndex } from './index/record-index.ts'
import type { Repair } from './repair.ts'
import type { TailRecord } from './tail.ts'

/** Actors that are recovered with one look into the table. */
const actorsAtOnceMax = 4_096
/** Records that are handed over between two turns of the event loop. */
const recordsInTurnMax = 1_000

type Take = (records: readonly JournalRecord[]) => void

export interface RecoveryParts {
  readonly clock: Clock
  readonly index: RecordIndex
  readonly owners: Owners
  readonly gate: Gate
  readonly damage: Damage
  readonly repair: Repair
  readonly indexedUpTo: () => number
}

/** One who wants to be the owner. */
interface Claimant {
  readonly owner: Owner
  readonly wanted: number | undefined
  readonly resolve: (reading: Reading) => void
  readonly reject: (error: unknown) => void
}

/** What is to be handed over, and how far that has come. */
interface Reading {
  readonly owner: Owner
  readonly claim: Claim
  head: Head
  readonly tail: readonly TailRecord[]
  values: readonly [whole: Uint8Array | undefined, page: Uint8Array | undefined]
  /** Pages that have been begun to be read; undefined if the last one is all there is. */
  pages: AsyncGenerator<readonly JournalRecord[]> | undefined
  isWholeTaken: boolean
  /** Number of the next commit. */
  next: number
}

export class Recovery {
  readonly #parts: RecoveryParts
  readonly #claimants: Claimant[] = []
  #isDue = false

  constructor(parts: RecoveryParts) {
    this.#parts = parts
  }

  async recover(id: string, wanted: number | undefined, take: Take): Promise<Claim> {
    const { owners } = this.#parts
    const owner = owners.orNew(id)
    if (wanted !== undefined && wanted <= owner.epoch) throw claimFenced(id, wanted, owner.epoch)
    // From here on nobody appends: what has been is all that is read.
    owner.claimed = undefined
    owner.claimants++
    try {
      await owner.settled()
      const reading = await this.#join(owner, wanted)
      await this.#deliver(reading, take).catch((error: unknown) => {
        // Nobody knows of the claim.
        owners.release(id, reading.claim.epoch)
        throw error
      })
      return reading.claim
    } finally {
      owner.claimants--
      owners.forgetIdle(owner)
    }
  }

  /** All who come within a turn are served together. */
  #join(owner: Owner, wanted: number | undefined): Promise<Reading> {
    return new Promise((resolve, reject) => {
      this.#claimants.push({ owner, wanted, resolve, reject })
      if (this.#isDue) return
      this.#isDue = true
      this.#parts.clock.later(() => void this.#serveAll())
    })
  }

  async #serveAll(): Promise<void> {
    while (this.#claimants.length > 0) {
      const some = this.#claimants.splice(0, actorsAtOnceMax)
      try {
        await this.#parts.gate.run(() => this.#serve(some))
      } catch (error) {
        for (const { reject } of some) reject(error)
      }
    }
    this.#isDue = false
  }

  async #serve(some: readonly Claimant[]): Promise<void> {
    await this.#readHeads(some)
    // Whoever has claimed one of them meanwhile may have appended since: what is not safe yet is not read.
    for (const { owner } of some) owner.claimed = undefined
    for (const { owner } of some) if (owner.pending > 0) await owner.settled()
    const found: (readonly [Claimant, Reading])[] = []
    for (const claimant of some) {
      try {
        found.push([claimant, this.#claim(claimant)])
      } catch (fault) {
        claimant.reject(fault)
      }
    }
    await this.#prefetch(found.map(([, reading]) => reading))
    for (const [{ resolve }, reading] of found) resolve(reading)
  }

  async #readHeads(some: readonly Claimant[]): Promise<void> {
    const { index, repair, indexedUpTo } = this.#parts
    const unknown = some.filter(({ owner }) => owner.stored === undefined)
    if (unknown.length === 0) return
    const heads = await readOr(() => index.heads(unknown.map(({ owner }) => owner.id)), [])
    for (const [place, { owner, reject }] of unknown.entries()) {
      const head = heads[place]
      try {
        owner.stored = head === undefined ? await repair.actor(owner.id, undefined, indexedUpTo()) : head
      } catch (error) {
        reject(error)
      }
    }
  }

  #claim({ owner, wanted }: Claimant): Reading {
    const { owners, damage } = this.#parts
    const head = owner.head(Infinity)
    const last = Math.max(owner.epoch, head.epoch)
    if (wanted !== undefined && wanted <= last) throw claimFenced(owner.id, wanted, last)
    const fault = damage.fault(owner.id, head)
    if (fault !== undefined) throw fault
    const epoch = wanted ?? owners.nextEpoch(owner)
    owners.claim(owner, epoch, head.seq)
    const claim = { epoch, seq: head.seq }
    const next = firstCommit(head)
    return {
      owner,
      claim,
      head,
      tail: owner.records,
      values: none,
      pages: undefined,
      isWholeTaken: false,
      next,
    }
  }

  /** Has the gate for itself: what is read here belongs together. */
  async #prefetch(readings: readonly Reading[]): Promise<void> {
    const { index } = this.#parts
    const stored = readings.flatMap((reading) =>
      reading.owner.stored ? [[reading, reading.owner.stored] as const] : [],
    )
    const wanted = stored.filter(
      ([{ head }, { pages, wholes }]) => pages > 0 || (wholes > 0 && head.snapshotSeq > 0),
    )
    if (wanted.length === 0) return
    const values = await readOr(() => index.newest(wanted.map(([{ owner }, head]) => [owner.id, head])), [])
    for (const [place, [reading, head]] of wanted.entries()) {
      reading.values = values[place] ?? none
      const hasMore = head.pages > 1 && head.lastPage > reading.next && head.seq >= reading.next
      if (hasMore) reading.pages = await begun(index.pages(reading.owner.id, reading.next))
    }
  }

  async #deliver(reading: Reading, take: Take): Promise<void> {
    const { owner } = reading
    const { gate, repair, indexedUpTo } = this.#parts
    try {
      await this.#read(reading, take)
    } catch (error) {
      if (!isIndexDamage(error)) throw error
      await gate.run(async () => {
        const upTo = indexedUpTo()
        owner.stored = await repair.actor(owner.id, owner.stored ?? undefined, upTo)
        reading.pages = undefined
        // Without the snapshot that it was to begin with, it begins where it can.
        if (reading.head.snapshotSeq > 0 && !reading.isWholeTaken) {
          reading.head = owner.head(Infinity)
          reading.next = firstCommit(reading.head)
        }
        await this.#prefetch([reading])
      })
      await this.#read(reading, take).catch((again: unknown) => {
        throw isIndexDamage(again) ? damaged(owner.id, reading.next, again.message, again) : again
      })
    }
  }

  async #read(reading: Reading, take: Take): Promise<void> {
    const { owner, head, tail } = reading
    if (head.snapshotSeq > 0 && !reading.isWholeTaken) {
      const whole = tail.findLast(({ kind, seq }) => kind === head.snapshotKind && seq === head.snapshotSeq)
      take([whole === undefined ? wholeOf(reading) : handOut(whole)])
      reading.isWholeTaken = true
    }
    const { stored } = owner
    if (stored && stored.pages > 0 && stored.seq >= reading.next) {
      if (reading.pages === undefined)
        await this.#take(reading, pageRecords(owner.id, reading.values[1]), take)
      else for await (const page of reading.pages) await this.#take(reading, page, take)
    }
    await this.#take(reading, tail, take)
    if (reading.next === head.seq + 1) return
    if (head.seq > 0 && !this.#parts.damage.isAccepted(head) && !head.isEnded) {
      throw indexDamaged(
        `Cannot read the index of "${owner.id}": record ${reading.next} of ${head.seq} is missing`,
      )
    }
  }

  /** Hands over those commits that are next. */
  async #take(reading: Reading, page: readonly JournalRecord[], take: Take): Promise<void> {
    let some: JournalRecord[] = []
    const { head, owner } = reading
    for (const record of page) {
      if (record.kind !== 'commit' || record.seq < reading.next || record.seq > head.seq) continue
      if (record.seq > reading.next && !this.#parts.damage.isAccepted(head)) {
        throw indexDamaged(
          `Cannot read the index of "${owner.id}": record ${reading.next} is missing before ${record.seq}`,
        )
      }
      reading.next = record.seq + 1
      some.push(handOut(record))
      if (some.length < recordsInTurnMax) continue
      take(some)
      some = []
      await new Promise<void>((resolve) => this.#parts.clock.later(resolve))
    }
    if (some.length > 0) take(some)
  }
}

const none: Reading['values'] = [undefined, undefined]

function wholeOf({ owner, head, values }: Reading): JournalRecord {
  const [whole] = pageRecords(owner.id, values[0])
  if (whole?.seq === head.snapshotSeq) return handOut(whole)
  throw indexDamaged(`Cannot read the index of "${owner.id}": the snapshot at ${head.snapshotSeq} is missing`)
}

/** With its first page, so that it goes on in the table as it is now. */
async function begun<T>(pages: AsyncGenerator<T>): Promise<AsyncGenerator<T>> {
  const first = await readOr(() => pages.next(), undefined)
  return (async function* resumed(): AsyncGenerator<T> {
    if (first === undefined) throw indexDamaged('Cannot read the index: its pages cannot be read')
    try {
      if (first.done !== true) yield first.value
      yield* pages
    } finally {
      await pages.return(undefined)
    }
  })()
}

/** What cannot be read is made anew where it is missed. */
async function readOr<T, E>(read: () => Promise<T>, otherwise: E): Promise<T | E> {
  try {
    return await read()
  } catch (error) {
    if (isIndexDamage(error)) return otherwise
    throw error
  }
}

export function isIndexDamage(error: unknown): error is Fault {
  return Fault.is(error) && error.code === 'index-damaged'
}
