// The command replay: an event and the state after it, one after the other.
import { replay as verb } from '../verbs/replay.ts'
import { streaming } from './command.ts'
import { valueLine } from './value.ts'
import type { ReplayStep } from '../verbs/replay.ts'
import type { AnyCommand } from './command.ts'
import type { Style } from './style.ts'

/** Characters of a payload or a state in a line. */
const valueMax = 300

export const replay: AnyCommand = streaming(verb, { record: stepText })

/** `12  2026-01-01T00:00:00.000Z  deposited  5`, and below it the state. */
function stepText({ seq, at, event, payload, state }: ReplayStep, style: Style): string {
  const name = event === null ? style.paint('faint', '(state)') : style.safe(event)
  const value = payload === undefined ? '' : `  ${valueLine(payload, style, valueMax)}`
  const head = `${style.paint('strong', String(seq))}  ${style.paint('faint', at)}  ${name}${value}`
  return `${head}\n  ${style.characters.arrow} ${state === undefined ? 'undefined' : valueLine(state, style, valueMax)}`
}
