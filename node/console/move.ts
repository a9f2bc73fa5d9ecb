// The command move: what would move, or how long it took.
import { move as verb } from '../verbs/move.ts'
import { answering } from './command.ts'
import { sizeText } from './size-text.ts'
import { timeText } from './time-text.ts'
import type { Moved } from '../verbs/move.ts'
import type { AnyCommand } from './command.ts'

export const move: AnyCommand = answering(verb, {
  isNo: ({ whyNot }) => whyNot !== null,
  print(moved, style) {
    const { path, from, to, whyNot, hasMoved, pausedMs } = moved
    const { ok, failed } = style.characters
    if (whyNot !== null)
      return `${style.paint('bad', `${failed} ${style.safe(whyNot.code)}`)}: ${style.safe(whyNot.message, 500)}`
    if (from === to) return `${style.safe(path, 600)} lives in ${threadText(to)} already`
    const way = `${style.safe(path, 600)} from ${threadText(from)} to ${threadText(to)}: ${weightText(moved)}`
    return hasMoved
      ? `${style.paint('good', `${ok} moved`)} ${way}, paused for ${timeText(pausedMs ?? 0)}`
      : `would move ${way}`
  },
})

/** `3 actors, 12 messages, about 1.2 KiB`. */
function weightText({ actors, messages, bytes }: Moved): string {
  const mail = messages === 0 ? '' : `, ${messages} message${messages === 1 ? '' : 's'}`
  return `${actors} actor${actors === 1 ? '' : 's'}${mail}, about ${sizeText(bytes)}`
}

/** `the main thread`, `thread 2`. */
export function threadText(slot: number): string {
  return slot === 0 ? 'the main thread' : `thread ${slot}`
}
