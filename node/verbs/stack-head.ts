// A stack head: the first lines of where something was thrown, read without trusting what was thrown.
import { types } from 'node:util'

/** Lines that are kept: enough to find the place. */
const linesMax = 6

/** The lines that begin with "at"; empty for what has no stack. */
export function stackHead(thrown: unknown): string[] {
  if (!types.isNativeError(thrown)) return []
  const lines = stackOf(thrown)
    .split('\n')
    .map((line) => line.trim())
  return lines.filter((line) => line.startsWith('at ')).slice(0, linesMax)
}

function stackOf(error: Error): string {
  try {
    const { stack } = error
    return typeof stack === 'string' ? stack.slice(0, 20_000) : ''
  } catch {
    return ''
  }
}
