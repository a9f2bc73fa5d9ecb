// An index of groups: who is in which, as all nodes say, and who wants to hear of it.
import { Fault } from '../../../runtime/fault.ts'

/** Those that watch groups on one node. */
export const groupWatchersMax = 10_000

/** Hears who has come into a group or has left it. Must not throw. */
export type GroupListener = (change: { readonly path: string; readonly isIn: boolean }) => void

export class GroupIndex {
  /** The paths of a group, each with the nodes that say so: for a moment of a move there are two, and between them it never leaves. */
  readonly #groups = new Map<string, Map<string, Set<number>>>()
  readonly #watchers = new Map<string, Set<GroupListener>>()
  #watcherCount = 0

  members(group: string): readonly string[] {
    return [...(this.#groups.get(group)?.keys() ?? [])]
  }

  groups(): IterableIterator<string> {
    return this.#groups.keys()
  }

  put(node: number, { group, path, isIn }: { group: string; path: string; isIn: boolean }): void {
    if (isIn) this.#add(node, group, path)
    else this.#remove(node, group, path)
  }

  /** @returns what ends it @throws {Fault} `groups-full` */
  watch(group: string, listener: GroupListener): () => void {
    if (this.#watcherCount >= groupWatchersMax)
      throw new Fault(
        'groups-full',
        `Cannot watch the group "${group}": this node has ${this.#watcherCount} of ${groupWatchersMax} watchers`,
        { hint: 'End the watches that nobody needs, or watch once and tell the others.' },
      )
    // Each watch is one of its own, also of the same listener.
    const own: GroupListener = (change) => listener(change)
    this.#watcherCount++
    this.#watchers.set(group, (this.#watchers.get(group) ?? new Set()).add(own))
    return () => {
      const watchers = this.#watchers.get(group)
      if (watchers?.delete(own) !== true) return
      this.#watcherCount--
      if (watchers.size === 0) this.#watchers.delete(group)
    }
  }

  #add(node: number, group: string, path: string): void {
    const paths = this.#groups.get(group) ?? new Map<string, Set<number>>()
    this.#groups.set(group, paths)
    const nodes = paths.get(path)
    if (nodes !== undefined) nodes.add(node)
    else {
      paths.set(path, new Set([node]))
      this.#tell(group, path, true)
    }
  }

  #remove(node: number, group: string, path: string): void {
    const paths = this.#groups.get(group)
    const nodes = paths?.get(path)
    if (paths === undefined || nodes?.delete(node) !== true || nodes.size > 0) return
    paths.delete(path)
    if (paths.size === 0) this.#groups.delete(group)
    this.#tell(group, path, false)
  }

  #tell(group: string, path: string, isIn: boolean): void {
    for (const hear of this.#watchers.get(group) ?? []) hear({ path, isIn })
  }
}
