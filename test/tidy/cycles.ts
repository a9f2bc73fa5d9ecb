// The rule of circles: no file leads back to itself by imports, not even by imports of types, not even inside a folder.
import type { SourceFile, Violation } from './source-file.ts'

export function cycles(files: readonly SourceFile[]): Violation[] {
  const search = new CycleSearch(files)
  for (const file of files) search.enter(file)
  return search.found
}

/** A walk in depth; a file met again on the way down closes a circle. Each file is left only once. */
class CycleSearch {
  readonly found: Violation[] = []
  readonly #byPath: ReadonlyMap<string, SourceFile>
  readonly #way: string[] = []
  readonly #left = new Set<string>()

  constructor(files: readonly SourceFile[]) {
    this.#byPath = new Map(files.map((file) => [file.path, file]))
  }

  enter(file: SourceFile): void {
    if (this.#left.has(file.path)) return
    this.#way.push(file.path)
    for (const { target, line } of file.imports) {
      const next = target === undefined ? undefined : this.#byPath.get(target)
      if (next === undefined) continue
      const since = this.#way.indexOf(next.path)
      if (since === -1) this.enter(next)
      else
        this.found.push(
          file.violation(line, `a circle: ${[...this.#way.slice(since), next.path].join(' → ')}`),
        )
    }
    this.#way.pop()
    this.#left.add(file.path)
  }
}
