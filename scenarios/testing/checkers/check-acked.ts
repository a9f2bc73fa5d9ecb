// C-ACKED: what was said to be safe is found again, and what was refused is not.
import { isSame, told } from './journal-story.ts'
import { broken, kept } from './verdict.ts'
import type { Answered, Attempted, Claimed, JournalStory, StoryRecord } from './journal-story.ts'
import type { Verdict } from './verdict.ts'

/**
 * Guarantee P1: acknowledged ⊆ recovered, and nothing that was refused. Records before the one that recovery begins with need not be found,
 * and after an end nothing before it.
 */
export function checkAcked(story: JournalStory): Verdict {
  const attempts = new Map<string, Attempted[]>()
  const answers = new Map<number, Answered['how']>()
  let count = 0
  for (const event of story) {
    if (event.type === 'attempted') {
      const own = attempts.get(event.id)
      if (own === undefined) attempts.set(event.id, [event])
      else own.push(event)
    }
    if (event.type === 'answered') answers.set(event.attempt, event.how)
    if (event.type !== 'claimed') continue
    // Somebody who claimed later may have been quicker.
    const own = (attempts.get(event.id) ?? []).filter(({ epoch }) => epoch < event.epoch)
    const safe = own.filter(({ attempt }) => answers.get(attempt) === 'safe')
    const refused = own.filter(({ attempt }) => answers.get(attempt) === 'refused')
    const reason = lost(event, safe) ?? revived(event, refused, own)
    if (reason !== undefined) return broken(reason)
    count += safe.length
  }
  return kept(count, 'safe records that were looked for')
}

function lost(claimed: Claimed, safe: readonly Attempted[]): string | undefined {
  const { id, epoch, seq, records } = claimed
  const from = firstNeeded(records, safe)
  const found = bySeq(records)
  for (const one of safe) {
    if (one.seq > seq) return `${told(id, one)} was safe, and epoch ${epoch} has recovered up to ${seq} only`
    if (one.seq < from || one.kind === 'snapshot') continue
    const record = found.get(one.seq)
    if (record === undefined || !isSame(record, one))
      return `${told(id, one)} was safe, and epoch ${epoch} has not recovered it`
  }
  return undefined
}

/** The first number that has to be found: behind the last safe end, and behind what a snapshot holds. */
function firstNeeded([first]: readonly StoryRecord[], safe: readonly Attempted[]): number {
  const end = safe.findLast(({ kind }) => kind === 'end')?.seq ?? 0
  if (first === undefined || first.kind === 'commit') return end + 1
  return Math.max(end + 1, first.kind === 'snapshot' ? first.seq + 1 : first.seq)
}

/** The same record may have been tried again, and kept then. */
function revived(
  { id, epoch, records }: Claimed,
  refused: readonly Attempted[],
  own: readonly Attempted[],
): string | undefined {
  const found = bySeq(records)
  for (const one of refused) {
    const record = found.get(one.seq)
    if (record === undefined || !isSame(record, one)) continue
    if (!own.some((other) => !refused.includes(other) && isSame(other, one)))
      return `${told(id, one)} was refused, and epoch ${epoch} has recovered it`
  }
  return undefined
}

function bySeq(records: readonly StoryRecord[]): Map<number, StoryRecord> {
  return new Map(records.map((record) => [record.seq, record]))
}
