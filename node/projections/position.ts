// A position: a place in the journal that reading begins at, checked before anybody relies on it.
import { Fault } from '../../runtime/fault.ts'
import { shownValue } from './shown-value.ts'
import type { Journal } from '../../runtime/journal.ts'

/** With all that is kept, with what comes next, or at a position from 1 up. */
export type From = 'start' | 'now' | number

/** @throws {Fault} `position-invalid` it is no position, or one that this journal has not come to */
export function positionOf(from: From, tip: number, attempt: string): number {
  if (from === 'start') return 1
  if (from === 'now') return tip
  checkPosition(from, attempt)
  if (from > Math.max(tip, 1)) throw beyondTip(from, tip, attempt)
  return from
}

/** @throws {Fault} `position-invalid` */
export function checkPosition(position: unknown, attempt: string): asserts position is number {
  if (Number.isSafeInteger(position) && (position as number) >= 1) return
  throw new Fault(
    'position-invalid',
    `Cannot ${attempt}: ${shownValue(position)} is not a whole number from 1 to ${Number.MAX_SAFE_INTEGER}`,
    { hint: 'Give a position that an event or a projection of this journal has told.' },
  )
}

/** A journal of another cluster, or an older copy of this one, has not come as far. */
export function beyondTip(position: number, tip: number, attempt: string): Fault {
  return new Fault(
    'position-invalid',
    `Cannot ${attempt}: position ${position} lies beyond the end of this journal, whose next one is ${tip}`,
    {
      hint: 'Look whether the position is one of another journal, or this journal an older copy.',
      details: { position, tip },
    },
  )
}

/** Whether the journal does not go back as far any more as to a position. What is gone may have been anybody's. */
export async function isTruncated(journal: Journal, position: number): Promise<boolean> {
  for (let from = 1; from <= position && from < journal.tip;) {
    const { records, next } = await journal.feed(from, { countMax: 1 })
    const [first] = records
    if (first !== undefined) return position < first.position
    from = next
  }
  return position < journal.tip
}
