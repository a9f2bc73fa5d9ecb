// A head: what the index knows of an actor's records, and how a further record changes it.
import { seal, sealBytes, unsealed } from './sealed.ts'
import type { JournalHead, RecordKind } from '../../../runtime/journal.ts'
import type { StoredRecord } from '../log/stored-record.ts'
import type { WholeKind } from './keys.ts'

/** Snapshots of an actor that are kept: the newest, and the one before it in case that is damaged. */
export const snapshotsKeptMax = 2

export interface Head {
  /** Number of the first record that is kept, and of the last; 0 if there is none. */
  firstSeq: number
  seq: number
  epoch: number
  atMs: number
  /** Of the newest whole or snapshot; 0 if there is none. */
  snapshotSeq: number
  snapshotKind: WholeKind
  /** Of the newest before that, the last of `snapshotsKeptMax`; 0 if there is none. Snapshots before it are dropped. */
  previousSeq: number
  previousKind: WholeKind
  isEnded: boolean
  wakeMs: number
  /** Position of the record that has said so. */
  wakePosition: number
  /** Records before this number are dropped. */
  floor: number
  /** The highest number that its owner has said nothing is needed before, and the position of the record that says it. */
  keepFrom: number
  keepPosition: number
  /** Of the last record. */
  position: number
  /** Number and position of the record behind a gap that no whole has made good; 0 if there is none. */
  brokenSeq: number
  brokenPosition: number
  /** Pages in the table, the number at which the second and the last begin, and the bytes of the last. */
  pages: number
  secondPage: number
  lastPage: number
  lastPageBytes: number
  /** Wholes and snapshots in the table, and the lowest number of them. */
  wholes: number
  oldestWhole: number
  /** Bytes in the log, about: of the numbered records that are kept, of the newest snapshot and of the one before it. */
  numberedBytes: number
  snapshotBytes: number
  previousBytes: number
}

const numbers = [
  'firstSeq',
  'seq',
  'epoch',
  'atMs',
  'snapshotSeq',
  'previousSeq',
  'wakeMs',
  'wakePosition',
  'floor',
  'keepFrom',
  'keepPosition',
  'position',
  'brokenSeq',
  'brokenPosition',
  'pages',
  'secondPage',
  'lastPage',
  'lastPageBytes',
  'wholes',
  'oldestWhole',
  'numberedBytes',
  'snapshotBytes',
  'previousBytes',
] as const satisfies readonly (keyof Head)[]

const headBytes = sealBytes + 1 + numbers.length * 8

export function newHead(): Head {
  return {
    firstSeq: 0,
    seq: 0,
    epoch: 0,
    atMs: 0,
    snapshotSeq: 0,
    snapshotKind: 'whole',
    previousSeq: 0,
    previousKind: 'whole',
    isEnded: false,
    wakeMs: Infinity,
    wakePosition: 0,
    floor: 0,
    keepFrom: 0,
    keepPosition: 0,
    position: 0,
    brokenSeq: 0,
    brokenPosition: 0,
    pages: 0,
    secondPage: 0,
    lastPage: 0,
    lastPageBytes: 0,
    wholes: 0,
    oldestWhole: 0,
    numberedBytes: 0,
    snapshotBytes: 0,
    previousBytes: 0,
  }
}

export function encodeHead(head: Head): Uint8Array {
  const value = Buffer.allocUnsafe(headBytes)
  value[sealBytes] =
    (head.isEnded ? 1 : 0) |
    (head.snapshotKind === 'snapshot' ? 2 : 0) |
    (head.previousKind === 'snapshot' ? 4 : 0)
  let offset = sealBytes + 1
  for (const name of numbers) offset = value.writeDoubleBE(head[name], offset)
  return seal(value)
}

/** Undefined of what was not written by `encodeHead`. */
export function decodeHead(value: Uint8Array): Head | undefined {
  const bytes = unsealed(value)
  if (bytes?.length !== headBytes) return undefined
  const flags = bytes[sealBytes] ?? 0
  const head = newHead()
  head.isEnded = (flags & 1) !== 0
  head.snapshotKind = (flags & 2) === 0 ? 'whole' : 'snapshot'
  head.previousKind = (flags & 4) === 0 ? 'whole' : 'snapshot'
  let offset = sealBytes + 1
  for (const name of numbers) {
    head[name] = bytes.readDoubleBE(offset)
    offset += 8
  }
  return head
}

/**
 * Takes an actor's next record into its head; what stands in the table is left to who writes there.
 * @returns how many numbers are missing before it
 */
export function advance(head: Head, record: StoredRecord): number {
  const { kind, seq } = record
  if (kind !== 'snapshot' && seq <= head.seq) return 0
  const missing = Math.max(0, seq - head.seq - (kind === 'snapshot' ? 0 : 1))
  if (head.position === 0) head.firstSeq = seq
  head.position = record.position
  head.epoch = Math.max(head.epoch, record.epoch)
  head.atMs = record.atMs
  if (kind === 'commit' && missing > 0) [head.brokenSeq, head.brokenPosition] = [seq, record.position]
  head.seq = Math.max(head.seq, seq)
  if (kind === 'end') end(head, seq)
  else {
    head.isEnded &&= kind === 'snapshot'
    if (kind !== 'commit') whole(head, seq, kind)
    if (record.wakeMs !== undefined) [head.wakeMs, head.wakePosition] = [record.wakeMs, record.position]
    if ((record.keepFrom ?? 0) > head.keepFrom)
      [head.keepFrom, head.keepPosition] = [record.keepFrom ?? 0, record.position]
    // What recovery begins with is never dropped, whatever the owner says. Of both only the highest counts: a log without the records
    // that are dropped comes to the same.
    head.floor = Math.max(head.floor, Math.min(head.keepFrom, head.snapshotSeq))
    if (head.previousSeq < head.floor) head.previousSeq = 0
  }
  head.firstSeq = Math.max(head.firstSeq, head.floor)
  return missing
}

/** Whether a whole or a snapshot is not needed any more. A whole is one of the numbered records: without it there were a gap. */
export function isSuperseded(
  { floor, previousSeq }: Pick<Head, 'floor' | 'previousSeq'>,
  kind: RecordKind,
  seq: number,
): boolean {
  return seq < floor || (kind === 'snapshot' && seq < previousSeq)
}

/** Where recovery begins to read commits. */
export function firstCommit(head: Head): number {
  return Math.max(head.snapshotSeq, head.snapshotSeq === 0 ? head.floor : 0) + 1
}

export function journalHead(id: string, head: Head, claimedEpoch: number): JournalHead {
  const { firstSeq, seq, epoch, atMs, snapshotSeq, isEnded, wakeMs } = head
  return { id, firstSeq, seq, epoch: Math.max(epoch, claimedEpoch), atMs, snapshotSeq, isEnded, wakeMs }
}

function end(head: Head, seq: number): void {
  head.isEnded = true
  head.snapshotSeq = head.previousSeq = 0
  head.wakeMs = Infinity
  head.floor = seq
  head.keepFrom = head.keepPosition = 0
  head.brokenSeq = head.brokenPosition = 0
}

function whole(head: Head, seq: number, kind: WholeKind): void {
  if (seq < head.floor) return
  if (seq < head.snapshotSeq) {
    if (seq >= head.previousSeq) [head.previousSeq, head.previousKind] = [seq, kind]
    return
  }
  if (seq > head.snapshotSeq && head.snapshotSeq > 0)
    [head.previousSeq, head.previousKind] = [head.snapshotSeq, head.snapshotKind]
  head.snapshotSeq = seq
  head.snapshotKind = kind
  if (seq >= head.brokenSeq - 1) head.brokenSeq = head.brokenPosition = 0
}
