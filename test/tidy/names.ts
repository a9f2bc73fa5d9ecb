// The rule of names: no file and no folder carries a word that names nothing.
import type { SourceFile, Violation } from './source-file.ts'

const emptyWords = 'util utils common helper helpers types misc constants manager service impl base'.split(
  ' ',
)

/** Compile-time tests of the types live here. */
const meantFolder = /^test\/types\//

export function names(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => {
    const words = file.path.replace(meantFolder, 'test/').split(/[/.-]/)
    const empty = words.find((word) => emptyWords.includes(word))
    return empty === undefined ? [] : [file.violation(1, `"${empty}" names nothing`)]
  })
}
