// The layout of the log's files: sizes, magics and limits. docs/journal-format.md has it byte by byte.
import { recordBytesMax } from '../../../runtime/journal.ts'

/** Raised when a reader of the version before could read a file wrongly. */
export const formatVersion = 1

/** Bytes of one segment; a group that is larger than the rest of it begins the next one. */
export const segmentBytesMax = 67_108_864
/** Bytes of one group, unless a single record is larger. */
export const groupBytesMax = 1_048_576
/** Bytes that wait for being safe. */
export const journalWaitingBytesMax = 67_108_864
/** Bytes of a record's tags, with two for the length of each. */
export const tagBytesMax = 16_384
/** Characters of a record's id; an actor's path has fewer. */
export const idLengthMax = 4_096

export const segmentHeaderBytes = 64
export const frameHeaderBytes = 32
/** A record without its optional numbers, its id, tags and body. */
export const recordHeaderBytes = 40
/** No frame is longer; what says so is damaged. */
export const frameBytesMax: number =
  frameHeaderBytes + recordHeaderBytes + 16 + idLengthMax + tagBytesMax + recordBytesMax

/** The first eight bytes of a segment. */
export const segmentMagic: Buffer = Buffer.from('troupelg', 'latin1')
/** The first four bytes of a frame: no text in UTF-8 has them. */
export const frameMagic: Buffer = Buffer.from([0xf6, 0x54, 0x47, 0xf9])
/** The same as a number, as it is read. */
export const frameMagicNumber: number = frameMagic.readUInt32LE(0)

/** Record kinds in the order of their numbers in a file; a new one is added at the end. */
export const kinds = ['commit', 'whole', 'snapshot', 'end'] as const

/** Which of the optional numbers a record has. */
export const hasKeepFrom = 1
export const hasWakeMs = 2

const suffix = '.log'
const digits = 16

/** What a segment is called: sixteen digits, so that names sort as numbers. */
export function segmentName(number: number): string {
  return `${String(number).padStart(digits, '0')}${suffix}`
}

/** The number in a segment's name; undefined if it is no segment's. */
export function segmentNumber(name: string): number | undefined {
  if (!/^\d{16}\.log$/.test(name)) return undefined
  const number = Number(name.slice(0, digits))
  return number > 0 && Number.isSafeInteger(number) ? number : undefined
}
