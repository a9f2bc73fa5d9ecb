// A program run as a user runs it: from the root, with this project's Node.js, and its output kept.
import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { root } from '../tidy/tree.ts'

/** A program that has not ended by then is killed, in milliseconds. */
export const programMsMax = 60_000

export interface Ended {
  /** Null if a signal ended it. */
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

/** Runs it with an empty input. */
export async function runProgram(command: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(command, args, {
    cwd: root,
    env: userEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: programMsMax,
    killSignal: 'SIGKILL',
  })
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const [output, errors, code] = await Promise.all([textFrom(child.stdout), textFrom(child.stderr), ended])
  return { code, output, errors }
}

async function textFrom(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  stream.setEncoding('utf8')
  for await (const part of stream) text += String(part)
  return text
}

/** Without what the test runner adds, which programs could tell, and with the characters that the pages show. */
function userEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_ENV|NODE_OPTIONS|FORCE_COLOR|TEST)/.test(name),
  )
  const path = [join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  return { ...Object.fromEntries(kept), PATH: path, NO_COLOR: '1', LC_ALL: 'C.UTF-8' }
}
