// A frame: the bytes of one group in a segment, checked before anything in them is believed, and read back as records.
import { crc32 } from 'node:zlib'
import {
  frameBytesMax,
  frameHeaderBytes,
  frameMagicNumber,
  hasKeepFrom,
  hasWakeMs,
  kinds,
  recordHeaderBytes,
} from './layout.ts'
import type { StoredRecord } from './stored-record.ts'

/** Where it stands in its segment, and what its header says. */
export interface FrameHead {
  readonly offset: number
  readonly length: number
  readonly count: number
  readonly firstPosition: number
}

/** A whole frame whose checksum is right. */
export interface Frame extends FrameHead {
  readonly bytes: Buffer
  /** The position of the last record. */
  readonly lastPosition: number
}

/** The head of a frame, if one can be here: its magic, and its own segment and offset, which make false ones unlikely. */
export function frameHeadAt(
  bytes: Buffer,
  at: number,
  segment: number,
  offset: number,
): FrameHead | undefined {
  if (at + frameHeaderBytes > bytes.length || bytes.readUInt32LE(at) !== frameMagicNumber) return undefined
  const length = bytes.readUInt32LE(at + 8)
  const count = bytes.readUInt32LE(at + 12)
  const firstPosition = bytes.readDoubleLE(at + 16)
  const isHere =
    bytes.readUInt32LE(at + 24) === segment % 0x1_0000_0000 && bytes.readUInt32LE(at + 28) === offset
  const isPossible =
    length >= frameHeaderBytes + recordHeaderBytes &&
    length <= frameBytesMax &&
    count > 0 &&
    count * recordHeaderBytes <= length - frameHeaderBytes &&
    Number.isSafeInteger(firstPosition) &&
    firstPosition > 0
  return isHere && isPossible ? { offset, length, count, firstPosition } : undefined
}

/** @param bytes the frame alone @returns undefined if it is not as it was written */
export function checkFrame(head: FrameHead, bytes: Buffer): Frame | undefined {
  if (crc32(bytes.subarray(8)) !== bytes.readUInt32LE(4)) return undefined
  let at = frameHeaderBytes
  let before = -1
  for (let index = 0; index < head.count; index++) {
    if (at + recordHeaderBytes > bytes.length) return undefined
    const length = bytes.readUInt32LE(at)
    const delta = bytes.readUInt32LE(at + 4)
    if (delta <= before || !isWhole(bytes, at, length)) return undefined
    before = delta
    at += length
  }
  return at === bytes.length ? { ...head, bytes, lastPosition: head.firstPosition + before } : undefined
}

/** @param after only records with positions above it @param countMax the first so many of them */
export function readRecords(frame: Frame, after: number, countMax: number = Infinity): StoredRecord[] {
  const { bytes, count, firstPosition } = frame
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const records: StoredRecord[] = []
  let at = frameHeaderBytes
  for (let index = 0; index < count && records.length < countMax; index++) {
    const position = firstPosition + view.getUint32(at + 4, true)
    if (position > after) records.push(readRecord(bytes, view, at, position))
    at += view.getUint32(at, true)
  }
  return records
}

/** The bytes of each record above a position, for a copy elsewhere. */
export function* rawRecords(frame: Frame): Generator<{ readonly position: number; readonly raw: Buffer }> {
  let at = frameHeaderBytes
  for (let index = 0; index < frame.count; index++) {
    const length = frame.bytes.readUInt32LE(at)
    yield {
      position: frame.firstPosition + frame.bytes.readUInt32LE(at + 4),
      raw: frame.bytes.subarray(at, at + length),
    }
    at += length
  }
}

function readRecord(bytes: Buffer, view: DataView, start: number, position: number): StoredRecord {
  const flags = view.getUint8(start + 9)
  let at = start + recordHeaderBytes
  const keepFrom = flags & hasKeepFrom ? view.getFloat64(at, true) : undefined
  if (keepFrom !== undefined) at += 8
  const wakeMs = flags & hasWakeMs ? view.getFloat64(at, true) : undefined
  if (wakeMs !== undefined) at += 8
  const idEnd = at + view.getUint16(start + 10, true)
  const tagBytes = view.getUint16(start + 12, true)
  return {
    position,
    id: bytes.toString('latin1', at, idEnd),
    seq: view.getFloat64(start + 16, true),
    epoch: view.getFloat64(start + 24, true),
    kind: kinds[view.getUint8(start + 8)] ?? 'commit',
    atMs: view.getFloat64(start + 32, true),
    tags: tagBytes === 0 ? noTags : readTags(bytes, idEnd, tagBytes),
    body: bytes.subarray(idEnd + tagBytes, start + view.getUint32(start, true)),
    keepFrom,
    wakeMs,
  }
}

const noTags: readonly string[] = Object.freeze([])

function readTags(bytes: Buffer, from: number, tagBytes: number): string[] {
  const tags: string[] = []
  for (let at = from; at < from + tagBytes;) {
    const end = at + 2 + bytes.readUInt16LE(at)
    tags.push(bytes.toString('utf8', at + 2, end))
    at = end
  }
  return tags
}

/** Whether a record's lengths fit each other. A right checksum over a wrong record is a writer's bug, and must not become a reader's. */
function isWhole(bytes: Buffer, start: number, length: number): boolean {
  const flags = bytes[start + 9] ?? 0
  const tagBytes = bytes.readUInt16LE(start + 12)
  const numbers = (flags & hasKeepFrom ? 8 : 0) + (flags & hasWakeMs ? 8 : 0)
  const tagsAt = start + recordHeaderBytes + numbers + bytes.readUInt16LE(start + 10)
  return (
    flags <= (hasKeepFrom | hasWakeMs) &&
    (bytes[start + 8] ?? 0) < kinds.length &&
    length <= bytes.length - start &&
    tagsAt + tagBytes <= start + length &&
    (tagBytes === 0 || areTags(bytes, tagsAt, tagsAt + tagBytes))
  )
}

function areTags(bytes: Buffer, from: number, end: number): boolean {
  let at = from
  while (at + 2 <= end) at += 2 + bytes.readUInt16LE(at)
  return at === end
}
