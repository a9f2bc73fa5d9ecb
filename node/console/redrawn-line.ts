// A redrawn line on a terminal: what is shown takes the place of what was shown before.
import type { Writable } from 'node:stream'
import type { RedrawnLine } from './output.ts'

/** Back to the first column, and nothing left of the line. */
const erase = '\r\u001B[2K'

/** @param isTaken says whether somebody else has the line now, as a prompt has: then nothing is drawn */
export function redrawnLine(output: Writable, isTaken: () => boolean = () => false): RedrawnLine {
  let isShown = false
  return {
    show(text) {
      if (isTaken()) return
      output.write(`${erase}${text}`)
      isShown = true
    },
    clear() {
      if (isShown && !isTaken()) output.write(erase)
      isShown = false
    },
  }
}
