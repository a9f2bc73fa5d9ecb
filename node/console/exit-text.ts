// The text of an exit: how an actor ended, in a line.
import type { Exit } from '../../runtime/exit.ts'
import type { Style } from './style.ts'

/** `✔ stopped`, `✖ failed: handler-failed: …`. */
export function exitText({ cause, fault }: Exit, style: Style): string {
  const isGood = cause === 'stopped' || cause === 'superseded'
  const { ok, failed } = style.characters
  const head = style.paint(isGood ? 'good' : 'bad', `${isGood ? ok : failed} ${cause}`)
  return fault === undefined ? head : `${head}: ${style.safe(fault.code)}: ${style.safe(fault.message, 500)}`
}
