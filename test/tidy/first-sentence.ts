// The rule of the first line: it is a comment, one sentence that says what the file is.
import type { SourceFile, Violation } from './source-file.ts'

/** A shebang may stand above it; the sentence ends on its own line. */
const sentence = /^(#![^\n]*\n)?\/\/ [^\s][^\n]*\.\r?\n/

export function firstSentence(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => !sentence.test(file.text))
    .map((file) => file.violation(1, 'the first line is no comment that ends with a period'))
}
