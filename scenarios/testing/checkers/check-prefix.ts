// C-PREFIX: what is recovered is a beginning of what was attempted, in order, without a hole, and never changes.
import { isSame, told } from './journal-story.ts'
import { broken, kept } from './verdict.ts'
import type { Attempted, Claimed, JournalStory, StoryRecord } from './journal-story.ts'
import type { Verdict } from './verdict.ts'

/** Guarantee P1: recovered ⊆ attempted, in order. */
export function checkPrefix(story: JournalStory): Verdict {
  const attempts = new Map<string, Attempted[]>()
  const found = new Map<string, StoryRecord>()
  let count = 0
  for (const event of story) {
    if (event.type === 'attempted') {
      const key = keyOf(event.id, event)
      attempts.set(key, [...(attempts.get(key) ?? []), event])
    }
    if (event.type !== 'claimed') continue
    const reason = holed(event) ?? invented(event, attempts) ?? changed(event, found)
    if (reason !== undefined) return broken(reason)
    count += event.records.length
  }
  return kept(count, 'recovered records')
}

function holed({ id, seq, records }: Claimed): string | undefined {
  let last: StoryRecord | undefined
  for (const record of records) {
    if (record.kind === 'end') return `${told(id, record)} was recovered, which says nothing`
    if (last !== undefined && record.kind !== 'commit')
      return `${told(id, record)} came after others that it replaces`
    if (last !== undefined && record.seq !== last.seq + 1)
      return `${told(id, record)} was recovered after number ${last.seq}`
    if (last !== undefined && record.epoch < last.epoch)
      return `${told(id, record)} was recovered after one of epoch ${last.epoch}`
    last = record
  }
  if (last === undefined || last.seq === seq) return undefined
  return `"${id}" has ${seq} as its last number, and ${last.seq} was recovered`
}

function invented({ id, records }: Claimed, attempts: ReadonlyMap<string, Attempted[]>): string | undefined {
  const record = records.find((one) => !attempts.get(keyOf(id, one))?.some((attempt) => isSame(attempt, one)))
  return record === undefined ? undefined : `${told(id, record)} was recovered, and never attempted like that`
}

/** What has been read once is read like that for ever. */
function changed({ id, records }: Claimed, found: Map<string, StoryRecord>): string | undefined {
  for (const record of records) {
    if (record.kind === 'snapshot') continue
    const key = keyOf(id, record)
    const before = found.get(key)
    if (before !== undefined && !isSame(before, record))
      return `${told(id, record)} was recovered, before it was ${told(id, before)}`
    found.set(key, record)
  }
  return undefined
}

function keyOf(id: string, { seq }: StoryRecord): string {
  return `${seq} ${id}`
}
