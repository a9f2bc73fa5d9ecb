// Reading: what a journal on disk knows of actors and their records for those who do not own them.
import { handOut } from './tail.ts'
import { indexDamaged } from './index/record-index.ts'
import { isIndexDamage } from './recovery.ts'
import { damaged } from './damage.ts'
import { journalHead } from './index/head.ts'
import { recordsAtOnceMax } from '../../runtime/journal.ts'
import type { FeedOptions, FeedPage, JournalHead, JournalRecord } from '../../runtime/journal.ts'
import type { Fault } from '../../runtime/fault.ts'
import type { Gate } from './gate.ts'
import type { Head } from './index/head.ts'
import type { LogReader, Repair } from './repair.ts'
import type { Owner, Owners } from './owners.ts'
import type { RecordIndex } from './index/record-index.ts'
import type { Tail } from './tail.ts'

/** Positions that are read at once though nobody asked for those between. */
const spanMax = 256

type Wakes = readonly { readonly id: string; readonly wakeMs: number }[]

export interface ReadingParts {
  readonly index: RecordIndex
  readonly log: LogReader & { readonly tip: number }
  readonly owners: Owners
  readonly tail: Tail
  readonly gate: Gate
  readonly repair: Repair
  readonly indexedUpTo: () => number
}

export class Reading {
  readonly #parts: ReadingParts

  constructor(parts: ReadingParts) {
    this.#parts = parts
  }

  async read(id: string, fromSeq: number, countMax: number): Promise<readonly JournalRecord[]> {
    const { gate, repair, indexedUpTo, owners } = this.#parts
    const most = limited(countMax)
    return gate.run(async () => {
      try {
        return await this.#records(id, fromSeq, most)
      } catch (error) {
        if (!isIndexDamage(error)) throw error
        const head = await repair.actor(id, undefined, indexedUpTo())
        const owner = owners.get(id)
        if (owner !== undefined) owner.stored = head
      }
      return this.#records(id, fromSeq, most).catch((error: unknown) => {
        throw isIndexDamage(error) ? damaged(id, fromSeq, error.message, error) : error
      })
    })
  }

  async feed(from: number, { countMax, tags }: FeedOptions): Promise<FeedPage> {
    const most = limited(countMax)
    if (most === 0) return { records: [], next: Math.max(1, from) }
    if (tags !== undefined) return this.#tagged(Math.max(1, from), tags, most)
    const { records, next } = await this.#parts.log.read(Math.max(1, from), most)
    return { records: records.map(handOut), next }
  }

  async heads(after: string | undefined, countMax: number): Promise<readonly JournalHead[]> {
    const { gate, index, owners, repair } = this.#parts
    const most = limited(countMax)
    return gate.run(async () => {
      const upTo = this.#parts.log.tip - 1
      const stored = new Map<string, Head>()
      for (const [id, head] of await index.headsAfter(after, most)) {
        const sound = head ?? (await repair.actor(id, undefined, this.#parts.indexedUpTo()))
        if (sound !== null) stored.set(id, sound)
      }
      const unsaid = [...owners.dirty].filter(
        (owner) => (after === undefined || owner.id > after) && isKnown(owner, upTo),
      )
      const ids = new Set([...stored.keys(), ...unsaid.map(({ id }) => id)])
      const first = [...ids].toSorted().slice(0, most)
      await this.#readHeads(first)
      return first.flatMap((id) => {
        const owner = owners.get(id)
        const head = owner === undefined || owner.records.length === 0 ? stored.get(id) : owner.head(upTo)
        return head === undefined ? [] : journalHead(id, head, owner?.epoch ?? 0)
      })
    })
  }

  async wakes(untilMs: number, countMax: number): Promise<Wakes> {
    const { gate, index, owners, log } = this.#parts
    const most = limited(countMax)
    return gate.run(async () => {
      const upTo = log.tip - 1
      const changed = [...owners.dirty].filter((owner) => saysWhen(owner, upTo))
      await this.#readHeads(changed.map(({ id }) => id))
      const said = new Map(changed.map((owner) => [owner.id, owner.head(upTo).wakeMs]))
      const stored = await index.wakes(untilMs, most + said.size)
      const kept = stored.filter(({ id, wakeMs }) => wakeMs <= untilMs && !said.has(id))
      const due = [...said].filter(([, wakeMs]) => wakeMs <= untilMs && wakeMs !== Infinity)
      return [...kept, ...due.map(([id, wakeMs]) => ({ id, wakeMs }))]
        .toSorted((a, b) => a.wakeMs - b.wakeMs || (a.id < b.id ? -1 : 1))
        .slice(0, most)
    })
  }

  async #records(id: string, fromSeq: number, most: number): Promise<readonly JournalRecord[]> {
    const { index, owners, log } = this.#parts
    await this.#readHeads([id])
    const owner = owners.get(id)
    const safe = owner?.safeRecords(log.tip - 1) ?? []
    // A page that has some of what is dropped is not written anew for that.
    const head = owner === undefined ? (await index.heads([id]))[0] : owner.head(log.tip - 1)
    const from = Math.max(fromSeq, head?.floor ?? 0)
    const paged = await some(index.pages(id, from), most)
    const wholes = await some(index.wholes(id, from), most)
    const rest = safe.filter(({ seq }) => seq >= from).map(handOut)
    const records = [...paged, ...wholes, ...rest]
      .toSorted((a, b) => a.seq - b.seq || a.position - b.position)
      .slice(0, most)
    if (head) checkWhole(records, { id, from, most }, head)
    return records
  }

  async #tagged(from: number, tags: readonly string[], most: number): Promise<FeedPage> {
    const { gate, index, tail, log } = this.#parts
    const { kept, tip, positions } = await gate.run(async () => {
      const end = log.tip
      const unsaid = tail.tagged.filter(
        (record) => isBetween(record.position, from, end) && hasOne(record, tags),
      )
      const stored: (readonly number[])[] = []
      for (const tag of new Set(tags)) stored.push(await index.tagged(tag, from, most))
      const all = new Set([...stored.flat(), ...unsaid.map(({ position }) => position)])
      const first = [...all].filter((position) => position < end).toSorted((a, b) => a - b)
      return {
        kept: new Map(unsaid.map((record) => [record.position, record])),
        tip: end,
        positions: first.slice(0, most),
      }
    })
    const inLog = await this.#at(positions.filter((position) => !kept.has(position)))
    const records = positions.flatMap((position) => {
      const record = kept.get(position) ?? inLog.get(position)
      return record === undefined ? [] : handOut(record)
    })
    const last = positions.length < most ? undefined : positions.at(-1)
    return { records, next: last === undefined ? Math.max(from, tip) : last + 1 }
  }

  /** Records at some positions, rising; those that were dropped since are left out. */
  async #at(positions: readonly number[]): Promise<ReadonlyMap<number, JournalRecord>> {
    const wanted = new Set(positions)
    const found = new Map<number, JournalRecord>()
    let at = 0
    while (at < positions.length) {
      const first = positions[at] ?? 0
      let end = at
      while ((positions[end + 1] ?? Infinity) - first < spanMax) end++
      const { records, next } = await this.#parts.log.read(first, (positions[end] ?? first) - first + 1)
      for (const record of records) if (wanted.has(record.position)) found.set(record.position, record)
      if (next <= first) break
      while (at < positions.length && (positions[at] ?? 0) < next) at++
    }
    return found
  }

  /** Those that the table has of owners that are not in it as they are. */
  async #readHeads(ids: readonly string[]): Promise<void> {
    const { index, owners, repair, indexedUpTo } = this.#parts
    const unknown = ids.flatMap((id) => owners.get(id) ?? []).filter(({ stored }) => stored === undefined)
    if (unknown.length === 0) return
    const heads = await index.heads(unknown.map(({ id }) => id))
    for (const [place, owner] of unknown.entries()) {
      const head = heads[place]
      owner.stored = head === undefined ? await repair.actor(owner.id, undefined, indexedUpTo()) : head
    }
  }
}

async function some(pages: AsyncIterable<readonly JournalRecord[]>, most: number): Promise<JournalRecord[]> {
  const found: JournalRecord[] = []
  if (most === 0) return found
  for await (const page of pages) {
    for (const record of page.slice(0, most - found.length)) found.push(handOut(record))
    if (found.length >= most) break
  }
  return found
}

/** LevelDB passes over what it cannot read. @throws {Fault} `index-damaged` a number is missing that the log has */
function checkWhole(
  records: readonly JournalRecord[],
  { id, from, most }: { readonly id: string; readonly from: number; readonly most: number },
  head: Head,
): void {
  // Of one with a gap in the log it is known, and said elsewhere.
  if (head.seq === 0 || head.brokenSeq !== 0 || head.isEnded) return
  let next = Math.max(from, head.firstSeq, 1)
  for (const { kind, seq } of records) {
    if (kind === 'snapshot' || seq < next) continue
    if (seq > next) throw missing(id, next)
    next = seq + 1
  }
  if (records.length < most && next <= head.seq) throw missing(id, next)
}

function missing(id: string, seq: number): Fault {
  return indexDamaged(`Cannot read the index of "${id}": record ${seq} is missing`)
}

function limited(countMax: number): number {
  return Math.max(0, Math.min(countMax, recordsAtOnceMax))
}

function isBetween(position: number, from: number, end: number): boolean {
  return position >= from && position < end
}

function hasOne({ tags }: JournalRecord, wanted: readonly string[]): boolean {
  return tags.some((tag) => wanted.includes(tag))
}

/** Whether it has a record that anybody may know of. */
function isKnown({ stored, records }: Owner, upTo: number): boolean {
  return (stored !== undefined && stored !== null) || (records[0]?.position ?? Infinity) <= upTo
}

function saysWhen(owner: Owner, upTo: number): boolean {
  return owner.safeRecords(upTo).some(({ wakeMs, kind }) => wakeMs !== undefined || kind === 'end')
}
