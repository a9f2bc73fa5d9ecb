// The command run: runs a file of console lines.
import { file } from '../verbs/parameter.ts'
import { cancelledFault } from '../verbs/within.ts'
import { own } from './command.ts'
import type { AnyCommand } from './command.ts'

/** Bytes of one script. */
export const scriptBytesMax = 10_000_000

interface RunInput {
  readonly file: string
}

interface Ran {
  readonly file: string
  /** Lines that were run: not the empty ones, not the comments. */
  readonly lines: number
}

export const run: AnyCommand = own<RunInput, Ran>(
  {
    name: 'run',
    summary: 'Runs a file of console lines, one after the other, and stops at the first that fails.',
    details: 'A line that begins with # is a comment. "exit" in a file ends the file and the console.',
    risk: 'high',
    role: 'admin',
    parameters: { file: file('a text file with one command in each line') },
    examples: ['run ./demo.troupe'],
    async run(shell, input, { signal }) {
      const text = await shell.disk.read(input.file, scriptBytesMax)
      const lines = await shell.runScript(input.file, text.split(/\r?\n/), signal)
      if (signal.aborted) throw cancelledFault()
      return { file: input.file, lines }
    },
  },
  { print: () => '' },
)
