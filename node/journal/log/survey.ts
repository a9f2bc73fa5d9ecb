// A survey: which segments a log has, as their names and headers say, before their records are looked at.
import { decodeSegmentHeader, identityMarks } from './segment-header.ts'
import { formatVersion, segmentHeaderBytes, segmentNumber } from './layout.ts'
import { foreign, newer } from './log-faults.ts'
import type { DurableDisk } from '../../../runtime/disk.ts'
import type { LogIdentity, SegmentHeader } from './segment-header.ts'

export interface FoundSegment {
  readonly number: number
  readonly file: string
  readonly size: number
  /** Undefined if there is none that is right for this name. */
  readonly header: SegmentHeader | undefined
}

/** What compaction works on until it has its name; one that is found was never used. */
export const unfinishedSuffix = '.new'

/**
 * In the order of their numbers.
 * @param own whose log it has to be; undefined for whosever it is
 * @throws {Fault} `journal-newer` `journal-foreign` `disk-failed`
 */
export async function survey(
  disk: DurableDisk,
  folder: string,
  own: LogIdentity | undefined,
): Promise<FoundSegment[]> {
  const found: FoundSegment[] = []
  for (const file of await disk.names(folder)) {
    const number = segmentNumber(file)
    if (number === undefined) continue
    const { size, header } = await readHead(disk, `${folder}/${file}`)
    if (header !== undefined) checkHeader(`${folder}/${file}`, header, own)
    found.push({ number, file, size, header: header?.number === number ? header : undefined })
  }
  return found.toSorted((one, other) => one.number - other.number)
}

/** Those that another one stands for: compaction was ended before it had taken them away. */
export function covered(found: readonly FoundSegment[]): FoundSegment[] {
  let last = 0
  return found.filter(({ number, header }) => {
    if (number <= last) return true
    last = header?.lastNumber ?? number
    return false
  })
}

async function readHead(
  disk: DurableDisk,
  path: string,
): Promise<{ size: number; header: SegmentHeader | undefined }> {
  const file = await disk.open(path, 'read')
  try {
    const bytes = Buffer.alloc(segmentHeaderBytes)
    const read = await file.read(bytes, 0)
    return { size: await file.size(), header: decodeSegmentHeader(bytes.subarray(0, read)) }
  } finally {
    await file.close()
  }
}

function checkHeader(file: string, header: SegmentHeader, own: LogIdentity | undefined): void {
  if (header.version > formatVersion) throw newer(file, header.version, formatVersion)
  if (own === undefined) return
  const { clusterMark, nodeMark } = identityMarks(own)
  if (header.clusterMark !== clusterMark || header.nodeMark !== nodeMark) throw foreign(file, own, {})
}

/** Of the last segment: a header is safe before anything follows it, so without one there is nothing. */
export function isUnbegun({ header, size }: FoundSegment): boolean {
  return header === undefined && size <= segmentHeaderBytes
}
