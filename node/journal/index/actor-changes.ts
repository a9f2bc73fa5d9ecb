// The changes of one actor: what has to be written to the table for its next records. Decides only; record-index.ts reads and writes.
import { bytesInPage, encodePage } from './page.ts'
import { encodeHead, isSuperseded } from './head.ts'
import { weigh } from './droppable.ts'
import { headKey, pageKey, pageSeq, tagKey, wakeKey, wholeKey, wholeKind, wholeSeq } from './keys.ts'
import type { Head } from './head.ts'
import type { WholeKind } from './keys.ts'
import type { JournalRecord } from '../../../runtime/journal.ts'
import type { StoredRecord } from '../log/stored-record.ts'
import type { TableChange } from '../table.ts'

/** Bytes from which a page is not made longer. */
const pageBytesMin = 2_048
/** Bytes after which a page is ended; it is longer by one record at most. */
export const pageBytesMax = 65_536

/** A record, and what it takes in memory and in the log. */
export interface SizedRecord extends StoredRecord {
  readonly size: number
  readonly logBytes: number
}

/** What an actor's changes depend on. */
export interface ActorUpdate {
  readonly id: string
  /** As it stands in the table, and as it is with the records. */
  readonly old: Head
  readonly head: Head
  readonly records: readonly SizedRecord[]
}

/** What has to be read before the changes are known. */
export interface StoredParts {
  /** Records of the last page, if it is to be made longer. */
  readonly lastPage: readonly JournalRecord[]
  /** Keys of all pages or wholes, if some of several are to be dropped. */
  readonly pageKeys: readonly Uint8Array[] | undefined
  readonly wholeKeys: readonly Uint8Array[] | undefined
}

export function wantsLastPage({ old, head, records }: ActorUpdate): boolean {
  if (old.pages === 0 || old.lastPageBytes >= pageBytesMin || old.seq < head.floor) return false
  return records.some((record) => isPaged(record, head))
}

/** Whether one of several pages has nothing but what is dropped. */
export function wantsPageKeys({ old, head }: ActorUpdate): boolean {
  return old.pages > 1 && (head.floor >= old.secondPage || head.floor > old.seq)
}

export function wantsWholeKeys({ old, head }: ActorUpdate): boolean {
  return dropsWholes(old, head) && knownWholes(old) === undefined
}

/**
 * Adds an actor's changes to a batch, and says in its head where things stand from then on.
 * @returns bytes of the log, about, that nobody needs from then on
 */
export function changeActor(update: ActorUpdate, parts: StoredParts, batch: TableChange[]): number {
  dropPages(update, parts, batch)
  dropWholes(update, parts, batch)
  addPages(update, parts, batch)
  addWholes(update, batch)
  const { id, old, head, records } = update
  if (old.wakeMs !== head.wakeMs) {
    if (old.wakeMs !== Infinity) batch.push([wakeKey(old.wakeMs, id), undefined])
    if (head.wakeMs !== Infinity) batch.push([wakeKey(head.wakeMs, id), new Uint8Array()])
  }
  for (const { tags, position } of records) {
    for (const tag of tags) batch.push([tagKey(tag, position), new Uint8Array()])
  }
  const droppable = weigh(update.old, update.head, update.records)
  batch.push([headKey(id), encodeHead(head)])
  return droppable
}

function dropPages({ id, old, head }: ActorUpdate, { pageKeys }: StoredParts, batch: TableChange[]): void {
  if (old.pages === 0 || head.floor === 0) return
  if (pageKeys === undefined) {
    if (old.pages > 1 || old.seq >= head.floor) return
    batch.push([pageKey(id, old.lastPage), undefined])
    setPages(head, [])
    return
  }
  const starts = pageKeys.map(pageSeq)
  const kept = starts.findIndex((_, index) => (starts[index + 1] ?? old.seq + 1) > head.floor)
  const first = kept < 0 ? starts.length : kept
  for (const key of pageKeys.slice(0, first)) batch.push([key, undefined])
  setPages(head, starts.slice(first))
}

function setPages(head: Head, starts: readonly number[]): void {
  head.pages = starts.length
  head.secondPage = starts[1] ?? 0
  head.lastPage = starts.at(-1) ?? 0
  if (starts.length === 0) head.lastPageBytes = 0
}

function dropsWholes(old: Head, { floor, previousSeq }: Head): boolean {
  return old.wholes > 0 && old.oldestWhole < Math.max(floor, previousSeq)
}

type WholeName = readonly [seq: number, kind: WholeKind]

/** The wholes in the table, if there are none but those that the head names. */
function knownWholes(old: Head): readonly WholeName[] | undefined {
  const newest: WholeName = [old.snapshotSeq, old.snapshotKind]
  const names: WholeName[] = old.previousSeq > 0 ? [[old.previousSeq, old.previousKind], newest] : [newest]
  return old.wholes === names.length && old.snapshotSeq > 0 ? names : undefined
}

function dropWholes({ id, old, head }: ActorUpdate, { wholeKeys }: StoredParts, batch: TableChange[]): void {
  if (!dropsWholes(old, head)) return
  const named = wholeKeys?.map((key): WholeName => [wholeSeq(key), wholeKind(key)])
  const kept: number[] = []
  for (const [seq, kind] of named ?? knownWholes(old) ?? []) {
    if (isSuperseded(head, kind, seq)) batch.push([wholeKey(id, seq, kind), undefined])
    else kept.push(seq)
  }
  head.wholes = kept.length
  head.oldestWhole = kept[0] ?? 0
}

function addPages(
  { id, old, head, records }: ActorUpdate,
  { lastPage }: StoredParts,
  batch: TableChange[],
): void {
  let page: JournalRecord[] = lastPage.filter(({ seq }) => seq >= head.floor)
  const isLonger = lastPage.length > 0
  let bytes = 0
  for (const record of page) bytes += bytesInPage(record)
  if (isLonger && page.length < lastPage.length) batch.push([pageKey(id, old.lastPage), undefined])
  if (isLonger) {
    head.pages--
    if (head.secondPage === head.lastPage) head.secondPage = 0
  }
  for (const record of records) {
    if (!isPaged(record, head)) continue
    page.push(record)
    bytes += bytesInPage(record)
    if (bytes < pageBytesMax) continue
    addPage(id, head, { records: page, bytes }, batch)
    ;[page, bytes] = [[], 0]
  }
  if (page.length > 0) addPage(id, head, { records: page, bytes }, batch)
}

function addPage(
  id: string,
  head: Head,
  { records, bytes }: { readonly records: readonly JournalRecord[]; readonly bytes: number },
  batch: TableChange[],
): void {
  const start = records[0]?.seq ?? 0
  const value = encodePage(records, bytes)
  batch.push([pageKey(id, start), value])
  head.pages++
  if (head.pages === 2) head.secondPage = start
  head.lastPage = start
  head.lastPageBytes = value.length
}

function addWholes({ id, head, records }: ActorUpdate, batch: TableChange[]): void {
  for (const record of records) {
    const { kind, seq } = record
    if ((kind !== 'whole' && kind !== 'snapshot') || isSuperseded(head, kind, seq)) continue
    batch.push([wholeKey(id, seq, kind), encodePage([record], bytesInPage(record))])
    head.wholes++
    head.oldestWhole = head.oldestWhole === 0 ? seq : Math.min(head.oldestWhole, seq)
  }
}

function isPaged({ kind, seq }: StoredRecord, head: Head): boolean {
  return (kind === 'commit' || kind === 'end') && seq >= head.floor
}
