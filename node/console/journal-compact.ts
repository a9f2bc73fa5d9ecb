// The command journal compact: how much room the journal has given back.
import { journalCompact as verb } from '../verbs/journal-compact.ts'
import { answering } from './command.ts'
import { countText } from './count-text.ts'
import { sizeText } from './size-text.ts'
import type { CompactReport } from '../journal/upkeep.ts'
import type { AnyCommand, View } from './command.ts'

export const journalCompactView: View<CompactReport> = {
  counts: 'bytes',
  print({ bytesBefore, bytesAfter, segmentsBefore, segmentsAfter, recordsDropped }, style) {
    const { ok, arrow } = style.characters
    return [
      `${style.paint('good', `${ok} ${sizeText(bytesBefore)} ${arrow} ${sizeText(bytesAfter)}`)}, `,
      `${segmentsBefore} ${arrow} ${countText(segmentsAfter, 'segment')}, ${countText(recordsDropped, 'record')} dropped`,
    ].join('')
  },
}

export const journalCompact: AnyCommand = answering(verb, journalCompactView)
