// The command events: a line for each event of the journal.
import { dayTime } from './time-text.ts'
import { escapeText } from '../../runtime/escape.ts'
import { events as verb } from '../verbs/events.ts'
import { streaming } from './command.ts'
import { valueLine } from './value.ts'
import type { AnyCommand } from './command.ts'
import type { EventLine } from '../verbs/events.ts'
import type { Style } from './style.ts'

/** Characters of a name, or of all tags: what the journal holds may be anybody's. */
const nameMax = 120

export const events: AnyCommand = streaming(verb, { record: lineText })

/** `17  12:31:07.204  bank/ada  deposited  5  [money]`. */
function lineText({ position, at, actor, event, payload, tags }: EventLine, style: Style): string {
  const parts = [
    String(position),
    style.paint('faint', dayTime(at)),
    style.paint('strong', escapeText(actor, nameMax)),
    escapeText(event, nameMax),
    ...(payload === null ? [] : [valueLine(payload, style)]),
    ...(tags.length === 0 ? [] : [style.paint('faint', `[${escapeText(tags.join(', '), nameMax)}]`)]),
  ]
  return parts.join('  ')
}
