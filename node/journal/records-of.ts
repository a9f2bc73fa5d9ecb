// The records of one actor: read page by page, as far as whoever reads them wants to go.
import type { Journal, JournalRecord } from '../../runtime/journal.ts'

/** Records that are read at once. */
const pageMax = 64

/** In the order of their numbers, each snapshot behind its commit. */
export async function* recordsOf(
  journal: Journal,
  id: string,
  from: number,
): AsyncGenerator<JournalRecord, void, void> {
  for (let next = from; ;) {
    const page = await journal.read(id, next, pageMax)
    const last = page.at(-1)
    if (last === undefined) return
    // Those of the last number may go on in the next page.
    const isCut = page.length === pageMax && page[0]?.seq !== last.seq
    yield* isCut ? page.filter(({ seq }) => seq < last.seq) : page
    next = isCut ? last.seq : last.seq + 1
  }
}
