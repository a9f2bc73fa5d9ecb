// An echo: a terminal's output as readline sees it, which can be silent while something else has the screen.
import { Writable } from 'node:stream'

/** The parts of a terminal that readline asks for. */
type Terminal = Writable & { readonly columns?: number; readonly rows?: number }

export class Echo extends Writable {
  readonly #terminal: Terminal
  isMuted = false

  constructor(terminal: Terminal) {
    super({ decodeStrings: false })
    this.#terminal = terminal
    terminal.on('resize', () => this.emit('resize'))
  }

  get columns(): number {
    return this.#terminal.columns ?? 80
  }

  get rows(): number {
    return this.#terminal.rows ?? 24
  }

  override _write(chunk: string | Uint8Array, _encoding: string, done: () => void): void {
    if (!this.isMuted) this.#terminal.write(chunk)
    done()
  }
}
