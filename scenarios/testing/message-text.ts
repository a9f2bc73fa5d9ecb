// The text of a message: its name, payload and sender in one line, for the faults of expectations.
import { inspect } from 'node:util'
import { escapeText } from '../../runtime/escape.ts'

/** Characters shown of a name or a payload. */
const shownMax = 200

/** Says what a message is. Runs no code of the payload; without a name it is any message. */
export function describeMessage(name: string | undefined, payload: unknown, from?: string): string {
  const what = name === undefined ? 'a message' : `"${escapeText(name, shownMax)}"`
  const carried = payload === undefined ? '' : ` with ${escapeText(textOf(payload), shownMax)}`
  return `${what}${carried}${from === undefined ? '' : ` from "${from}"`}`
}

function textOf(payload: unknown): string {
  return inspect(payload, {
    depth: 4,
    breakLength: Infinity,
    customInspect: false,
    maxStringLength: shownMax,
  })
}
