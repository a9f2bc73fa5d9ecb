// A page: records of one actor in one value of the table.
import { seal, sealBytes, unsealed } from './sealed.ts'
import type { JournalRecord, RecordKind } from '../../../runtime/journal.ts'

const kinds: readonly RecordKind[] = ['commit', 'whole', 'snapshot', 'end']
const noTags: readonly string[] = []

/** The seal, and the numbers of the first and the last record. */
const pageHeadBytes: number = sealBytes + 16
/** Position, number, epoch, time, kind, tags, length of the body. */
const recordHeadBytes = 38

/** What a record takes in a page. */
export function bytesInPage({ tags, body }: JournalRecord): number {
  let bytes = recordHeadBytes + body.byteLength
  for (const tag of tags) bytes += 2 + Buffer.byteLength(tag)
  return bytes
}

/** @param records at least one @param bytes what they take, each as `bytesInPage` says */
export function encodePage(records: readonly JournalRecord[], bytes: number): Uint8Array {
  const page = Buffer.allocUnsafe(pageHeadBytes + bytes)
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  view.setFloat64(sealBytes, records[0]?.seq ?? 0)
  view.setFloat64(sealBytes + 8, records.at(-1)?.seq ?? 0)
  let offset = pageHeadBytes
  for (const record of records) offset = writeRecord(page, view, offset, record)
  return seal(page)
}

/** The records of a page; their bodies are parts of it. Undefined of what was not written by `encodePage`. */
export function decodePage(value: Uint8Array, id: string): JournalRecord[] | undefined {
  const page = unsealed(value)
  if (page === undefined || page.length < pageHeadBytes) return undefined
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength)
  const records: JournalRecord[] = []
  let offset = pageHeadBytes
  while (offset < page.length) {
    const bodyAt = offset + recordHeadBytes
    const tagCount = view.getUint8(offset + 33)
    const [tags, start] = tagCount === 0 ? [noTags, bodyAt] : readTags(page, bodyAt, tagCount)
    const end = start + view.getUint32(offset + 34)
    records.push({
      position: view.getFloat64(offset),
      id,
      seq: view.getFloat64(offset + 8),
      epoch: view.getFloat64(offset + 16),
      kind: kinds[view.getUint8(offset + 32)] ?? 'commit',
      atMs: view.getFloat64(offset + 24),
      tags,
      body: page.subarray(start, end),
    })
    offset = end
  }
  const isWhole =
    records[0]?.seq === view.getFloat64(sealBytes) && records.at(-1)?.seq === view.getFloat64(sealBytes + 8)
  return isWhole ? records : undefined
}

function writeRecord(page: Buffer, view: DataView, offset: number, record: JournalRecord): number {
  view.setFloat64(offset, record.position)
  view.setFloat64(offset + 8, record.seq)
  view.setFloat64(offset + 16, record.epoch)
  view.setFloat64(offset + 24, record.atMs)
  view.setUint8(offset + 32, kinds.indexOf(record.kind))
  view.setUint8(offset + 33, record.tags.length)
  // Asked for once: some make it when they are asked.
  const { body } = record
  view.setUint32(offset + 34, body.byteLength)
  let at = offset + recordHeadBytes
  for (const tag of record.tags) {
    const bytes = page.write(tag, at + 2)
    view.setUint16(at, bytes)
    at += 2 + bytes
  }
  page.set(body, at)
  return at + body.byteLength
}

function readTags(page: Buffer, at: number, count: number): readonly [tags: readonly string[], end: number] {
  const tags: string[] = []
  let offset = at
  for (let read = 0; read < count; read++) {
    const end = offset + 2 + page.readUInt16BE(offset)
    tags.push(page.toString('utf8', offset + 2, end))
    offset = end
  }
  return [tags, offset]
}
