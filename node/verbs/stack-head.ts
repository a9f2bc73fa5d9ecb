// A stack head: the first lines of where something was thrown, read without trusting what was thrown.

/** Lines that are kept: enough to find the place. */
const linesMax = 6

/** The lines that begin with "at", up to where this package called the code; empty for what has no stack. */
export function stackHead(thrown: unknown): string[] {
  if (!Error.isError(thrown)) return []
  const lines = stackOf(thrown)
    .split('\n')
    .map((line) => line.trim())
  const calls = lines.filter((line) => line.startsWith('at '))
  const first = calls.findIndex((line) => isOwn(line))
  return (first > 0 ? calls.slice(0, first) : calls).slice(0, linesMax)
}

function stackOf(error: Error): string {
  try {
    const { stack } = error
    return typeof stack === 'string' ? stack.slice(0, 20_000) : ''
  } catch {
    return ''
  }
}

const ownFloors = ['runtime', 'supervisors'].map((floor) => new URL(`../../${floor}/`, import.meta.url).href)

function isOwn(line: string): boolean {
  return ownFloors.some((floor) => line.includes(floor))
}
