// The checkpoint of the index: how far of the log it holds, and what damage was known by then.
import { seal, sealBytes, unsealed } from './sealed.ts'

/** Raised when an index of the version before could be read wrongly; another one is made anew from the log. */
export const indexFormat = 3

/** Seal, format, position, suspicion, epoch, droppable bytes and whether it is the last stand before the text. */
const textAt = sealBytes + 34

export interface Checkpoint {
  /** All records up to this position are in the index. */
  readonly position: number
  /** Actors whose last record is at this position or before may have lost some behind it; 0 if nobody has. */
  readonly suspectUntil: number
  /** The highest epoch that anybody had claimed, also without a record: none is given again. */
  readonly epoch: number
  /** Bytes of the log, about, that a compaction would drop. */
  readonly droppableBytes: number
  /** The journal was closed with it, and had nothing behind it. */
  readonly isLast: boolean
  /** Where the damage was, in words. */
  readonly where: string
}

export const nothingIndexed: Checkpoint = {
  position: 0,
  suspectUntil: 0,
  epoch: 0,
  droppableBytes: 0,
  isLast: false,
  where: '',
}

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { position, suspectUntil, epoch, droppableBytes, isLast, where } = checkpoint
  const bytes = Buffer.byteLength(where)
  const value = Buffer.alloc(textAt + bytes)
  value.writeUInt8(indexFormat, sealBytes)
  value.writeDoubleBE(position, sealBytes + 1)
  value.writeDoubleBE(suspectUntil, sealBytes + 9)
  value.writeDoubleBE(epoch, sealBytes + 17)
  value.writeDoubleBE(droppableBytes, sealBytes + 25)
  value.writeUInt8(isLast ? 1 : 0, sealBytes + 33)
  value.write(where, textAt)
  return seal(value)
}

/** Undefined of what another format has written, or nobody. */
export function decodeCheckpoint(value: Uint8Array): Checkpoint | undefined {
  const bytes = unsealed(value)
  if (bytes === undefined || bytes.length < textAt) return undefined
  if (bytes.readUInt8(sealBytes) !== indexFormat) return undefined
  return {
    position: bytes.readDoubleBE(sealBytes + 1),
    suspectUntil: bytes.readDoubleBE(sealBytes + 9),
    epoch: bytes.readDoubleBE(sealBytes + 17),
    droppableBytes: bytes.readDoubleBE(sealBytes + 25),
    isLast: bytes.readUInt8(sealBytes + 33) === 1,
    where: bytes.toString('utf8', textAt),
  }
}
