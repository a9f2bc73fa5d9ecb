// Killing: a process that writes to a journal is killed at a moment of chance, again and again, and each time what it had said is there.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Random } from '../../../../runtime/random.ts'

/** What one process has recovered, and the last number of each diary that it said was safe. */
export interface Round {
  readonly recovered: readonly { readonly last: number; readonly flaws: number }[]
  readonly safe: readonly number[]
}

export interface KillingOptions {
  readonly folder: string
  readonly threads: number
  readonly writers: number
  readonly random: Random
}

/** Runs a writer, and kills it with SIGKILL after a number of lines. */
export async function killedRound(options: KillingOptions): Promise<Round> {
  const { folder, threads, writers, random } = options
  const file = fileURLToPath(new URL('writer.ts', import.meta.url))
  const words = ['--conditions=troupe-source', file, folder, String(threads), String(writers)]
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'pipe'] })
  const errors: string[] = []
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const safe = Array.from({ length: writers }, () => 0)
  let recovered: Round['recovered'] | undefined
  let linesLeft = 1 + random.integer(600)
  for await (const line of createInterface(child.stdout)) {
    const [first = '', rest = ''] = line.split(' ', 2)
    if (first === 'recovered') {
      recovered = JSON.parse(rest) as Round['recovered']
      for (const [i, { last }] of recovered.entries()) safe[i] = last
    }
    // A line that was torn by the kill has no number, or a shorter one than was meant.
    else safe[Number(first)] = Math.max(safe[Number(first)] ?? 0, Number(rest))
    if (--linesLeft === 0) child.kill('SIGKILL')
  }
  await ended
  if (recovered === undefined) throw new Error(`the writer has not begun: ${errors.join('')}`)
  return { recovered, safe }
}

/** Where a round has not found what the one before had said: one line each. */
export function lossesBetween(before: Round, after: Round): string[] {
  return before.safe.flatMap((number, i) => {
    const found = after.recovered[i] ?? { last: 0, flaws: 0 }
    if (found.flaws > 0) return [`diary ${i} has ${found.flaws} holes or repetitions`]
    return found.last < number ? [`diary ${i} said ${number} and has ${found.last}`] : []
  })
}
