// The import of a journal: the lines of an export, checked as a whole and then kept record by record.
import { cancelledFault } from '../verbs/within.ts'
import { Fault } from '../../runtime/fault.ts'
import { ExportReader } from './export-file.ts'
import { lineOf } from './export-line.ts'
import { Restoring } from './restoring.ts'
import type { DurableDisk } from '../../runtime/disk.ts'
import type { Archive } from './archive.ts'
import type { ExportEnd, ExportHead } from './export-line.ts'
import type { Following } from './journal-export.ts'

/** Lines between two looks at whether somebody still wants it. */
const lookLines = 256

export interface Imported {
  readonly file: string
  /** Records that were added. */
  readonly records: number
  /** Records that were there already, as an earlier import of the file has left them. */
  readonly present: number
  /** Records that nobody could have recovered: the one that they go on from is not in the file. */
  readonly loose: number
  /** Actors to which some were added, and how many of them begin with another number than in the file. */
  readonly actors: number
  readonly renumbered: number
}

/**
 * Adds what an export holds. First the whole file is read and checked: nothing of a file that was cut is taken. It can be done again after
 * it has broken off; then it goes on behind what is there.
 * @throws {Fault} `file-unreadable` `export-malformed` `export-cut` `export-newer` `command-cancelled`
 * @throws {Fault} `import-refused` an actor lives, or has other records; what came before it in the file has been added
 */
export async function importJournal(
  archive: Archive,
  disk: DurableDisk,
  file: string,
  following: Following,
): Promise<Imported> {
  const reader = await ExportReader.open(disk, file)
  try {
    await check(reader, following)
    const restoring = new Restoring(archive)
    try {
      await restore(reader, restoring, following)
    } finally {
      restoring.release()
    }
    return { file, ...restoring.counts }
  } finally {
    await reader.close()
  }
}

/** The first line of an export. @throws {Fault} `file-unreadable` `export-malformed` `export-cut` `export-newer` */
export async function exportHead(disk: DurableDisk, file: string): Promise<ExportHead> {
  const reader = await ExportReader.open(disk, file)
  try {
    for await (const { text, number } of reader.lines()) {
      const line = lineOf(text, number)
      if (line.is === 'head') return line.head
      break
    }
    throw cut('its first line is missing')
  } finally {
    await reader.close()
  }
}

/** Reads all of it once. @throws {Fault} `export-cut` `export-malformed` `export-newer` */
async function check(reader: ExportReader, { signal, progress }: Following): Promise<void> {
  let end: ExportEnd | undefined
  let records = 0
  for await (const { text, number, crc, end: bytes, isEnded } of reader.lines()) {
    if (end !== undefined) throw cut(`line ${number} stands behind the last one`)
    // Half a line is the end of a file that was cut; what it says does not matter.
    if (!isEnded) throw cut(`line ${number} is not whole`)
    const line = lineOf(text, number)
    if ((line.is === 'head') !== (number === 1)) throw cut(`line ${number} is not where it belongs`)
    if (line.is === 'record') records++
    if (line.is === 'end') {
      end = line.end
      if (end.lines !== number - 1 || end.records !== records || end.crc32 !== crc) {
        throw cut(
          `its last line tells of ${end.lines} lines with the sum ${end.crc32}, and there are ${number - 1} with ${crc}`,
        )
      }
    }
    if (number % lookLines > 0) continue
    if (signal.aborted) throw cancelledFault()
    progress?.(bytes, reader.bytes * 2)
  }
  if (end === undefined) throw cut('its last line is missing')
}

async function restore(
  reader: ExportReader,
  restoring: Restoring,
  { signal, progress }: Following,
): Promise<void> {
  for await (const { text, number, end } of reader.lines()) {
    const line = lineOf(text, number)
    if (line.is === 'wake') restoring.wake(line.id, line.wakeMs, number)
    if (line.is === 'record') await restoring.take(line.record, { text, number })
    if (number % lookLines > 0) continue
    if (signal.aborted) throw cancelledFault()
    progress?.(reader.bytes + end, reader.bytes * 2)
  }
  await restoring.finish()
}

function cut(how: string): Fault {
  return new Fault('export-cut', `Cannot import the file: ${how}`, {
    hint: 'Export again, or copy the file again; nothing was imported.',
  })
}
