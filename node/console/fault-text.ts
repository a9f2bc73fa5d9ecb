// The text of a fault: what happened and what to do, for people.
import type { Fault } from '../../runtime/fault.ts'
import type { Style } from './style.ts'

/** Characters of a message. */
const messageMax = 2_000

/** Two lines: `code: message`, then the hint. */
export function faultText(fault: Fault, style: Style): string {
  const head = `${style.paint('bad', fault.code)}: ${style.safe(fault.message, messageMax)}`
  return fault.hint === ''
    ? head
    : `${head}\n${style.paint('faint', style.characters.arrow)} ${style.safe(fault.hint, messageMax)}`
}
