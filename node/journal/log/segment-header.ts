// A segment's header: which part of whose log a file is, and how long the part before it was.
import { crc32 } from 'node:zlib'
import { formatVersion, segmentHeaderBytes, segmentMagic } from './layout.ts'

/** Whose log it is. */
export interface LogIdentity {
  readonly cluster: string
  readonly node: string
}

export interface SegmentHeader {
  readonly version: number
  /** The number in the file's name. */
  readonly number: number
  /** The number of the last segment that it stands for: its own, unless compaction has put several together. */
  readonly lastNumber: number
  readonly firstPosition: number
  /** Bytes of the segment before that count, as they were when this one was begun; 0 in the first. What is behind them was refused. */
  readonly previousBytes: number
  /** Only in a compacted one: the position behind its last record, dropped or not, and its length; otherwise 0. */
  readonly endPosition: number
  readonly bytes: number
  readonly clusterMark: number
  readonly nodeMark: number
}

const crcOffset = 60

/** CRCs of both names. They tell a file that was put in the wrong place, not one that was made to deceive. */
export function identityMarks({
  cluster,
  node,
}: LogIdentity): Pick<SegmentHeader, 'clusterMark' | 'nodeMark'> {
  return { clusterMark: crc32(cluster), nodeMark: crc32(node) }
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(segmentHeaderBytes)
  segmentMagic.copy(bytes)
  bytes.writeUInt32LE(header.version, 8)
  bytes.writeUInt32LE(header.clusterMark, 12)
  bytes.writeUInt32LE(header.nodeMark, 16)
  bytes.writeUInt32LE(header.previousBytes, 20)
  bytes.writeDoubleLE(header.number, 24)
  bytes.writeDoubleLE(header.lastNumber, 32)
  bytes.writeDoubleLE(header.firstPosition, 40)
  bytes.writeDoubleLE(header.endPosition, 48)
  bytes.writeUInt32LE(header.bytes, 56)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, crcOffset)), crcOffset)
  return bytes
}

/** @returns undefined if it is none, or not as it was written; of a newer version only `version` is to be believed */
export function decodeSegmentHeader(bytes: Buffer): SegmentHeader | undefined {
  if (bytes.length < segmentHeaderBytes || !bytes.subarray(0, 8).equals(segmentMagic)) return undefined
  if (crc32(bytes.subarray(0, crcOffset)) !== bytes.readUInt32LE(crcOffset)) return undefined
  return {
    version: bytes.readUInt32LE(8),
    clusterMark: bytes.readUInt32LE(12),
    nodeMark: bytes.readUInt32LE(16),
    previousBytes: bytes.readUInt32LE(20),
    number: bytes.readDoubleLE(24),
    lastNumber: bytes.readDoubleLE(32),
    firstPosition: bytes.readDoubleLE(40),
    endPosition: bytes.readDoubleLE(48),
    bytes: bytes.readUInt32LE(56),
  }
}

/** The header of a segment that is about to be begun behind another. */
export function beginningHeader(
  number: number,
  firstPosition: number,
  previousBytes: number,
  identity: LogIdentity,
): SegmentHeader {
  return {
    version: formatVersion,
    number,
    lastNumber: number,
    firstPosition,
    previousBytes,
    endPosition: 0,
    bytes: 0,
    ...identityMarks(identity),
  }
}

export function isCompacted(header: Pick<SegmentHeader, 'endPosition'>): boolean {
  return header.endPosition > 0
}
