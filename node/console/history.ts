// The history: the lines that were typed, kept for the next console; never a reason to fail.
import { join } from 'node:path'
import type { Disk } from '../../runtime/disk.ts'

/** Lines that are kept. */
export const historyLinesMax = 1_000
/** Characters of a line that is kept. */
const lineMax = 4_000
/** Bytes of the file that are read; a longer one is begun anew. */
const bytesMax = 4_000_000

/** After XDG: state that may be lost. Undefined where there is no home. */
export function historyPath(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const state = env['XDG_STATE_HOME']
  if (state !== undefined && state.startsWith('/')) return join(state, 'troupe', 'history')
  const home = env['HOME']
  return home === undefined || home === '' ? undefined : join(home, '.local', 'state', 'troupe', 'history')
}

/** Lines go to the file as they come, so that several consoles can share it; only its owner may read it. */
export class History {
  readonly #disk: Disk
  readonly #path: string | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(disk: Disk, path: string | undefined) {
    this.#disk = disk
    this.#path = path
  }

  /** The kept lines, the newest first, as readline wants them; cuts the file where it has grown too long. */
  async load(): Promise<string[]> {
    const path = this.#path
    if (path === undefined) return []
    const text = await this.#disk.read(path, bytesMax).catch(() => undefined)
    const lines = (text ?? '').split('\n').filter((line) => line !== '')
    const kept = lines.slice(-historyLinesMax)
    if (lines.length > historyLinesMax * 2)
      await this.#write(() => this.#disk.replace(path, `${kept.join('\n')}\n`))
    return kept.toReversed()
  }

  /** Keeps a line, unless it begins with a space: that is how one keeps a secret out. */
  add(line: string): void {
    const path = this.#path
    if (path === undefined || line.trim() === '' || line.startsWith(' ') || line.length > lineMax) return
    void this.#write(() => this.#disk.append(path, `${line.replaceAll(/[\r\n]/g, ' ')}\n`))
  }

  /** Waits until all is written. */
  close(): Promise<void> {
    return this.#writing
  }

  #write(write: () => Promise<void>): Promise<void> {
    // A disk that is full or forbidden costs the history, nothing else.
    this.#writing = this.#writing.then(write).catch(() => {})
    return this.#writing
  }
}
