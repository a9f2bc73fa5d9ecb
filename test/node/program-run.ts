// A run of the program: the real process, its streams, and what it says when.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'

const cli = fileURLToPath(new URL('../../node/cli.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Starts `troupe` with words; its environment has a UTF-8 locale, no colours and nothing of the tests'. */
export class ProgramRun {
  readonly child: ChildProcessWithoutNullStreams
  readonly ended: Promise<Ended>
  out = ''
  err = ''

  constructor(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { PATH = '', HOME = '' } = process.env
    this.child = spawn(process.execPath, ['--conditions=troupe-source', cli, ...words], {
      env: { PATH, HOME, LANG: 'C.UTF-8', XDG_STATE_HOME: '/nonexistent/state', ...env },
    })
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.out += text))
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.err += text))
    // The program may be gone before all is written to it.
    this.child.stdin.on('error', () => {})
    this.ended = new Promise((resolve) => {
      this.child.on('close', (code) => resolve({ code, out: this.out, err: this.err }))
    })
  }

  /** Waits until the output, or with `err` the other one, matches. */
  until(pattern: RegExp, stream: 'out' | 'err' = 'out'): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(this[stream])) resolve()
      }
      this.child[stream === 'out' ? 'stdout' : 'stderr'].on('data', look)
      this.child.on('close', () =>
        reject(new Error(`It ended before it said ${pattern}:\n${this.out}\n${this.err}`)),
      )
      look()
    })
  }
}

/** Runs `troupe` to its end with `input` on a pipe. */
export function runProgram(
  words: readonly string[],
  input = '',
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const run = new ProgramRun(words, env)
  run.child.stdin.end(input)
  return run.ended
}
