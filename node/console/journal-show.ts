// The command journal show: a line for each record, and below it what it says.
import { journalShow as verb } from '../verbs/journal-show.ts'
import { streaming } from './command.ts'
import { timeText } from './time-text.ts'
import { valueLine } from './value.ts'
import type { JournalShowInput, ShownRecord } from '../verbs/journal-show.ts'
import type { Said } from '../verbs/said.ts'
import type { AnyCommand, StreamView } from './command.ts'
import type { Style } from './style.ts'

/** Characters of one value. */
const valueMax = 400
/** Characters of a name: what a journal holds may be anybody's. */
const nameMax = 200
const whatWidth = 8

export const journalShowView: StreamView<JournalShowInput, ShownRecord> = { record: recordText }

export const journalShow: AnyCommand = streaming(verb, journalShowView)

/** `12  2026-01-01T00:00:00.000Z  commit  epoch 1  [money]`, and a line for each thing that it says. */
function recordText({ seq, at, kind, epoch, tags, says }: ShownRecord, style: Style): string {
  const head = [
    style.paint('strong', String(seq)),
    style.paint('faint', at),
    kind,
    style.paint('faint', `epoch ${epoch}`),
    ...(tags.length === 0 ? [] : [style.paint('faint', `[${style.safe(tags.join(', '), nameMax)}]`)]),
  ]
  return [head.join('  '), ...says.map((said) => `  ${saidText(said, style)}`)].join('\n')
}

function saidText(said: Said, style: Style): string {
  return `${style.paint('faint', said.what.padEnd(whatWidth))}  ${partText(said, style)}`
}

function partText(said: Said, style: Style): string {
  const safe = (text: string): string => style.safe(text, nameMax)
  const { arrow } = style.characters
  switch (said.what) {
    case 'event':
      return `${safe(said.name)}${valueOf(said.payload, style)}${said.version === 1 ? '' : style.paint('faint', `  version ${said.version}`)}`
    case 'state':
      return `${valueLine(said.state, style, valueMax)}${style.paint('faint', `  version ${said.version}`)}`
    case 'timer': {
      const period = said.periodMs === null ? '' : ` and every ${timeText(said.periodMs)}, ${said.catchUp}`
      return `${safe(said.key)} ${arrow} ${safe(said.name)}${valueOf(said.payload, style)} at ${said.due}${period}`
    }
    case 'timer-ended':
      return safe(said.key)
    case 'sender':
      return safe(said.sender)
    case 'letter':
      return `${said.number} ${arrow} ${safe(said.to)}: ${safe(said.name)}${valueOf(said.payload, style)}`
    case 'arrived':
      return `at ${safe(said.to)} up to ${said.upTo}`
    case 'handled':
      return `from ${safe(said.from)} up to ${said.upTo}, signed ${safe(said.sender)}`
    case 'reply':
      return `${safe(said.key)}${valueOf(said.reply, style)}`
    case 'unreadable':
      return style.paint('bad', style.safe(said.reason, valueMax))
  }
}

function valueOf(value: Parameters<typeof valueLine>[0], style: Style): string {
  return value === undefined ? '' : `  ${valueLine(value, style, valueMax)}`
}
