// A registry: the live actors that have names, by path.

/** Anonymous actors are not in it: a map entry would cost them most of their spawn time. */
export class Registry<T> {
  readonly #byPath = new Map<string, T>()

  get count(): number {
    return this.#byPath.size
  }

  get(path: string): T | undefined {
    return this.#byPath.get(path)
  }

  has(path: string): boolean {
    return this.#byPath.has(path)
  }

  set(path: string, entry: T): void {
    this.#byPath.set(path, entry)
  }

  delete(path: string): void {
    this.#byPath.delete(path)
  }

  /** At most `max` paths that start so, in no particular order. */
  startingWith(prefix: string, max: number): string[] {
    const found: string[] = []
    for (const path of this.#byPath.keys()) {
      if (path.startsWith(prefix)) found.push(path)
      if (found.length === max) break
    }
    return found
  }
}
