// A transcript: the lines that a page promises, held against the lines that were printed.

/** What a line of code promises to print: `console.log(1) // → 1`. */
const promise = /\/\/ →(?: (.*))?$/

export function promisedLines(code: readonly string[]): string[] {
  return code.flatMap((line) => {
    const found = promise.exec(line)
    return found === null ? [] : [found[1] ?? '']
  })
}

export function linesOf(output: string): string[] {
  const lines = output.split('\n').map((line) => line.trimEnd())
  while (lines.at(-1) === '') lines.pop()
  return lines
}

/** The first promised line that does not come, in order, among the printed ones; undefined if all do. */
export function missingLine(promised: readonly string[], printed: readonly string[]): string | undefined {
  let from = 0
  for (const line of promised) {
    if (line.trim() === '…') continue
    const at = printed.findIndex((one, index) => index >= from && isLike(line, one))
    if (at < 0) return line
    from = at + 1
  }
  return undefined
}

/** Whether the printed lines are the promised ones; a line that is only `…` stands for any number of them. */
export function isTranscript(promised: readonly string[], printed: readonly string[]): boolean {
  const [line, ...rest] = promised
  if (line === undefined) return printed.length === 0
  if (line.trim() === '…')
    return printed.some((_, at) => isTranscript(rest, printed.slice(at))) || rest.length === 0
  return printed[0] !== undefined && isLike(line, printed[0]) && isTranscript(rest, printed.slice(1))
}

/** Whether a line is as promised; `…` in it stands for any text. */
function isLike(promised: string, printed: string): boolean {
  const parts = promised
    .trimEnd()
    .split('…')
    .map((part) => RegExp.escape(part))
  return new RegExp(`^${parts.join('.*')}$`).test(printed)
}
