// The text of a happening: one lifecycle event in a line.
import { dayTime } from './time-text.ts'
import type { EventKind } from '../../runtime/event-log.ts'
import type { Happening } from '../verbs/happening.ts'
import type { Style, Tint } from './style.ts'

const tints: Readonly<Partial<Record<EventKind, Tint>>> = {
  failed: 'bad',
  escalated: 'bad',
  killed: 'bad',
  quarantined: 'bad',
  'hook-failed': 'bad',
  backoff: 'warning',
  suspended: 'warning',
  restarted: 'good',
  started: 'good',
  spawned: 'good',
  resumed: 'good',
  'moved-here': 'good',
  activated: 'good',
}
const kindWidth = 11

/** `12:31:07.204  failed       clicks  handler-failed: …`. */
export function happeningText({ at, kind, path, text, thread }: Happening, style: Style): string {
  const word = kind.padEnd(kindWidth)
  const tint = tints[kind]
  const where = thread === undefined ? '' : style.paint('faint', `  ${thread}`)
  const head = `${style.paint('faint', dayTime(at))}${where}  ${tint === undefined ? word : style.paint(tint, word)}  ${style.paint('strong', style.safe(path, 600))}`
  return text === '' ? head : `${head}  ${style.safe(text, 500)}`
}
