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
  'node-joined': 'good',
  'node-thawed': 'good',
  'node-lost': 'bad',
  'node-expelled': 'bad',
  'council-stopped': 'bad',
  'node-frozen': 'warning',
}
const kindWidth = 11

/** `12:31:07.204  failed       clicks  handler-failed: …`. */
export function happeningText({ at, kind, path, text, thread, node }: Happening, style: Style): string {
  const word = kind.padEnd(kindWidth)
  const tint = tints[kind]
  const place = [node, thread].filter((one) => one !== undefined).join(' ')
  const where = place === '' ? '' : style.paint('faint', `  ${style.safe(place, 120)}`)
  const head = `${style.paint('faint', dayTime(at))}${where}  ${tint === undefined ? word : style.paint(tint, word)}  ${style.paint('strong', style.safe(path, 600))}`
  return text === '' ? head : `${head}  ${style.safe(text, 500)}`
}
