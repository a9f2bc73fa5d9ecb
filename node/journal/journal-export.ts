// The export of a journal: all its records as lines of JSON in a file, in the order in which they were kept.
import { cancelledFault } from '../verbs/within.ts'
import { invariant } from '../../runtime/invariant.ts'
import { actorGlob } from '../projections/actor-glob.ts'
import { ownPrefix } from '../projections/event-filter.ts'
import { ExportWriter } from './export-file.ts'
import { endText, exportFormat, headText, recordText, wakeText } from './export-line.ts'
import type { DurableDisk } from '../../runtime/disk.ts'
import type { Archive } from './archive.ts'

/** Records and heads that are asked for at once: of the largest, 128 are 2 GiB, of common ones 64 KiB. */
export const exportRecordsMax = 128

export interface ExportRequest {
  readonly file: string
  /** A glob of actors; undefined for all. */
  readonly actors: string | undefined
}

export interface Exported {
  readonly file: string
  readonly records: number
  readonly bytes: number
}

/** How long work is followed and ended. */
export interface Following {
  readonly signal: AbortSignal
  readonly progress?: ((done: number, all: number) => void) | undefined
}

/**
 * Writes an export. What is appended meanwhile is not in it; what fails leaves no file.
 * @throws {Fault} `file-unwritable` `command-cancelled` and those of the journal
 */
export async function exportJournal(
  archive: Archive,
  disk: DurableDisk,
  request: ExportRequest,
  following: Following,
): Promise<Exported> {
  const writer = await ExportWriter.create(disk, request.file)
  try {
    const records = await writeAll(archive, writer, request, following)
    await writer.write(endText({ records, ...writer.sum }))
    const { bytes } = writer
    await writer.finish()
    return { file: request.file, records, bytes }
  } catch (error) {
    await writer.discard()
    throw error
  }
}

async function writeAll(
  archive: Archive,
  writer: ExportWriter,
  { actors }: ExportRequest,
  { signal, progress }: Following,
): Promise<number> {
  const { journal, codec, clock } = archive
  const { tip } = journal
  const fits = actors === undefined ? () => true : actorGlob(actors)
  // Where projections are in this journal means nothing in another.
  const isWanted = (id: string): boolean => !id.startsWith(ownPrefix) && fits(id)
  const at = new Date(clock.wall()).toISOString()
  const { node = null, cluster = null } = archive
  await writer.write(headText({ format: exportFormat, node, cluster, at, tip, actors: actors ?? null }))
  await writeWakes(archive, writer, isWanted, signal)
  await writeRestless(archive, writer, isWanted, tip)
  let records = 0
  for (let from = 1; from < tip;) {
    if (signal.aborted) throw cancelledFault()
    const page = await journal.feed(from, { countMax: exportRecordsMax })
    invariant(page.next > from, 'A page of the journal did not go on')
    for (const record of page.records) {
      if (record.position >= tip || !isWanted(record.id)) continue
      await writer.write(recordText(record, codec))
      records++
    }
    from = page.next
    progress?.(Math.min(from, tip) - 1, tip - 1)
  }
  return records
}

/** Before the records: whoever imports them gives each actor its own with the first. */
async function writeWakes(
  { journal }: Archive,
  writer: ExportWriter,
  isWanted: (id: string) => boolean,
  signal: AbortSignal,
): Promise<void> {
  let after: string | undefined
  for (;;) {
    if (signal.aborted) throw cancelledFault()
    const heads = await journal.heads(after, exportRecordsMax)
    for (const { id, wakeMs } of heads)
      if (wakeMs !== Infinity && isWanted(id)) await writer.write(wakeText(id, wakeMs))
    if (heads.length === 0) return
    after = heads.at(-1)?.id
  }
}

/**
 * Of actors that have gone on since the export began it is not known when they had to be awake then. Each is to be awake at once: it finds
 * out for itself, and no timer of its is missed.
 */
async function writeRestless(
  { journal }: Archive,
  writer: ExportWriter,
  isWanted: (id: string) => boolean,
  tip: number,
): Promise<void> {
  const end = journal.tip
  for (let from = tip; from < end;) {
    const page = await journal.feed(from, { countMax: exportRecordsMax })
    const ids = new Set(page.records.map(({ id }) => id))
    for (const id of ids) if (isWanted(id)) await writer.write(wakeText(id, 0))
    invariant(page.next > from, 'A page of the journal did not go on')
    from = page.next
  }
}
