// A node's own entries: which of its actors are in which groups, with a version for each change, so that others can ask for what they missed.
import { newsBytesMax, newsChangesMax } from './group-message.ts'
import type { GroupChange, News, Want } from './group-message.ts'

/** Entries of one node; all others keep them too. */
export const entriesMax = 100_000
/** Those that have left and are remembered. Who has missed more of them learns all entries anew. */
export const leftKeptMax = 10_000
/** Bytes of a message beside its changes, and of a change beside its group and path, at most. */
const newsHeadBytes = 32
const changeHeadBytes = 16

export class OwnEntries {
  /** By group and path; also those that have left, as long as they are remembered. */
  readonly #last = new Map<string, GroupChange>()
  /** The groups of a path. */
  readonly #groups = new Map<string, Set<string>>()
  /** By version. Some are overtaken by a later change of the same entry. */
  #log: GroupChange[] = []
  #version = 0
  #count = 0
  /** The highest version of those that have left and are not remembered. */
  #forgotten = 0
  readonly #leftKept: number
  readonly #changes: number

  /** @param limits lower ones, under which what is rare happens often */
  constructor(limits?: { readonly leftKept: number; readonly changes: number }) {
    this.#leftKept = limits?.leftKept ?? leftKeptMax
    this.#changes = limits?.changes ?? newsChangesMax
  }

  get version(): number {
    return this.#version
  }

  /** Those that are in. */
  get count(): number {
    return this.#count
  }

  has(group: string, path: string): boolean {
    return this.#last.get(keyOf(group, path))?.isIn === true
  }

  groupsOf(path: string): readonly string[] {
    return [...(this.#groups.get(path) ?? [])]
  }

  /** @returns whether that is a change */
  put(group: string, path: string, isIn: boolean): boolean {
    if (this.has(group, path) === isIn) return false
    const change = { version: ++this.#version, isIn, group, path }
    this.#last.set(keyOf(group, path), change)
    this.#log.push(change)
    this.#count += isIn ? 1 : -1
    const groups = this.#groups.get(path) ?? new Set()
    if (isIn) this.#groups.set(path, groups.add(group))
    else if (groups.delete(group) && groups.size === 0) this.#groups.delete(path)
    // Twice what is needed, so that each change pays for its part of the tidying.
    if (this.#log.length > 2 * (this.#count + this.#leftKept)) this.#tidy()
    return true
  }

  /** What has become of the changes after `from`, as far as one message reaches. */
  news({ from, since, isReset }: Omit<Want, 'type'>): News {
    const isLost = from > 0 && since < this.#forgotten
    const begin = isLost || from > this.#version ? 0 : from
    const changes: GroupChange[] = []
    let to = this.#version
    let left = newsBytesMax - newsHeadBytes
    for (let index = this.#after(begin); index < this.#log.length; index++) {
      const change = this.#log[index]
      if (change === undefined || !this.#isLast(change)) continue
      left -= changeHeadBytes + change.group.length + change.path.length
      if (changes.length === this.#changes || left < 0) {
        to = (changes.at(-1) as GroupChange).version
        break
      }
      changes.push(change)
    }
    const isAnew = begin === 0 ? isLost || isReset || from > this.#version : isReset
    return { type: 'news', from: begin, to, version: this.#version, isReset: isAnew, changes }
  }

  #tidy(): void {
    const last = this.#log.filter((change) => this.#isLast(change))
    const surplus = last.length - this.#count - this.#leftKept
    let dropped = 0
    this.#log = last.filter((change) => {
      if (change.isIn || dropped >= surplus) return true
      dropped++
      this.#last.delete(keyOf(change.group, change.path))
      this.#forgotten = change.version
      return false
    })
  }

  #isLast(change: GroupChange): boolean {
    return this.#last.get(keyOf(change.group, change.path)) === change
  }

  /** The place in the log of the first change after a version. */
  #after(version: number): number {
    let low = 0
    let high = this.#log.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#log[middle]?.version ?? Infinity) <= version) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** No path has a space. */
export function keyOf(group: string, path: string): string {
  return `${group} ${path}`
}
