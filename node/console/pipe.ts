// A pipe: lines from a file or a program, run in their order without a prompt.
import type { Console } from './console.ts'
import type { ExitCode } from './outcome.ts'
import type { Output } from './output.ts'
import type { Token } from './tokens.ts'

/** What a pipe or a test is written to. */
export interface Sink {
  write(text: string): unknown
}

/**
 * Runs one line after the other, also after one that failed.
 * @returns the code of the first that failed, 0 if none did
 */
export async function runLines(
  console: Console,
  lines: AsyncIterable<string> | Iterable<string | readonly Token[]>,
): Promise<ExitCode> {
  let first: ExitCode = 0
  for await (const line of lines) {
    const { code } = await console.execute(line)
    if (first === 0) first = code
    if (code === 130 || console.isLeaving) break
  }
  return first
}

/** Answers to one stream, faults and notices to the other. */
export function plainOutput(out: Sink, err: Sink): Output {
  return {
    write: (text) => void out.write(`${text}\n`),
    notice: (text) => void err.write(`${text}\n`),
    takeScreen: () => undefined,
    takeLine: () => undefined,
  }
}
