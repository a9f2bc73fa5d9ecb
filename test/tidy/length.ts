// The rule of length: a source file of more than 400 lines is two nouns.
import type { SourceFile, Violation } from './source-file.ts'

const linesMax = 400

export function length(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length
    if (file.isTest || lines <= linesMax) return []
    return [file.violation(linesMax + 1, `${lines} lines, ${linesMax} are the most`)]
  })
}
