// A terminal screen: the whole terminal, redrawn in place, and given back as it was.
import type { Screen } from './output.ts'

interface Terminal {
  readonly rows?: number
  write(text: string): unknown
}

const takeIt = '\u001B[?1049h\u001B[?25l'
const giveItBack = '\u001B[?25h\u001B[?1049l'
const toTop = '\u001B[H'
const clearLine = '\u001B[K'
const clearBelow = '\u001B[J'
const rowsDefault = 24

/** Takes a terminal's alternate screen and hides the cursor. */
export function terminalScreen(terminal: Terminal): Screen {
  terminal.write(takeIt)
  return {
    show(text) {
      const lines = text.split('\n').slice(0, terminal.rows ?? rowsDefault)
      terminal.write(`${toTop}${lines.map((line) => `${line}${clearLine}`).join('\r\n')}${clearBelow}`)
    },
    giveBack: () => void terminal.write(giveItBack),
  }
}
